class URLError(OSError):
    def __init__(self, reason, filename=None):
        OSError.__init__(self, reason)
        self.reason = reason

    def __str__(self):
        return f'<urlopen error {self.reason}>'


URLError.__module__ = 'urllib.error'


class HTTPError(URLError):
    def __init__(self, url, code, msg, reply):
        URLError.__init__(self, msg)
        self.url, self.code, self.msg, self._reply = url, code, msg, reply
        self.status = code
        self.headers = self.hdrs = reply.headers

    def read(self):
        return self._reply.read()

    def __str__(self):
        return f'HTTP Error {self.code}: {self.msg}'


HTTPError.__module__ = 'urllib.error'
