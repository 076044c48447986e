import os
import sys


def system():
    return 'Linux'


def node():
    return os.uname().nodename


def release():
    return os.uname().release


def version():
    return os.uname().version


def machine():
    return 'x86_64'


def processor():
    return ''


def architecture():
    return ('64bit', 'ELF')


def platform(aliased=0, terse=0):
    return f'Linux-{release()}-x86_64-with-' + ('libc' if os.path.exists('/etc/alpine-release') else 'glibc2.41')


def python_version():
    return sys.version.split()[0]


def python_version_tuple():
    return tuple(python_version().split('.'))


def python_implementation():
    return 'CPython'


def python_compiler():
    return 'GCC 14.2.0'


def freedesktop_os_release():
    out = {}
    with open('/etc/os-release') as file:
        for line in file:
            name, sep, value = line.strip().partition('=')
            if sep:
                out[name] = value.strip('"')
    return out


class uname_result(tuple):
    system = property(lambda self: self[0])
    node = property(lambda self: self[1])
    release = property(lambda self: self[2])
    version = property(lambda self: self[3])
    machine = property(lambda self: self[4])
    processor = property(lambda self: '')

    def __repr__(self):
        return 'uname_result(system=%r, node=%r, release=%r, version=%r, machine=%r)' % tuple(self)


def uname():
    u = os.uname()
    return uname_result((u.sysname, u.nodename, u.release, u.version, u.machine))
