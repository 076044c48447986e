"""Many clients at once: each gets its own answers, and all of them see one history."""
import http.client
import json
import random
import socket
import threading
import time
from collections import namedtuple

CLIENTS = 50
SECONDS = 3


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__('localhost', timeout=20)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)

    def ask(self, method, path, body=None):
        headers = {'Content-Type': 'application/json'} if body is not None else {}
        self.request(method, path, json.dumps(body) if body is not None else None, headers)
        reply = self.getresponse()
        return reply.status, reply.read()


def at_once(count, work):
    """Runs `work(n)` in so many threads; what they return."""
    results, begin = [None] * count, threading.Barrier(count)

    def one(n):
        begin.wait()
        try:
            results[n] = work(n)
        except Exception as error:
            results[n] = error

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), 'an answer is lost'
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def test_no_answer_is_lost_or_crossed(drydock, client):
    client.images.pull('busybox', 'latest')

    def work(n):
        connection, rounds, end = Connection(drydock.socket), 0, time.monotonic() + SECONDS
        while time.monotonic() < end:
            name = f'client-{n}-{rounds}'
            word = f'{name}-{random.random()}'
            body = {'Image': 'busybox', 'Cmd': ['echo', word], 'Labels': {'word': word}}
            status, said = connection.ask('POST', f'/containers/create?name={name}', body)
            assert status == 201, said
            made = json.loads(said)['Id']
            assert connection.ask('POST', f'/containers/{made}/start')[0] == 204
            status, said = connection.ask('POST', f'/containers/{made}/wait')
            assert status == 200 and json.loads(said)['StatusCode'] == 0, said
            status, said = connection.ask('GET', f'/containers/{name}/json')
            seen = json.loads(said)
            assert (seen['Id'], seen['Name'], seen['Config']['Labels']['word']) == (made, f'/{name}', word)
            status, said = connection.ask('GET', f'/containers/{made}/logs?stdout=1')
            assert said[8:] == f'{word}\n'.encode(), said
            assert connection.ask('DELETE', f'/containers/{name}')[0] == 204
            rounds += 1
        return rounds

    rounds = at_once(CLIENTS, work)
    assert min(rounds) > 0
    assert client.containers.list(all=True) == []


# What a client asked of one name, when it asked, when it had the answer, and what that was.
Operation = namedtuple('Operation', 'begin end kind status id')


def fits(operation, state):
    """What is there after an operation on what was there, the id of a container or nothing; False where the answer is
    none that it could have had."""
    kind, status = operation.kind, operation.status
    if kind == 'create':
        return operation.id if state is None and status == 201 else state if state and status == 409 else False
    if kind == 'remove':
        return None if state and status == 204 else state if state is None and status == 404 else False
    there = state is not None and (status, operation.id) == (200, state)
    return state if there or (state is None and status == 404) else False


def linear(operations):
    """True where some order of the operations, in which none comes before one that had ended when it began, explains
    every answer."""
    operations = sorted(operations)
    seen, stack = set(), [(frozenset(), 0, None)]
    while stack:
        # Those before `first` are done, and so are the few of `beyond`.
        beyond, first, state = stack.pop()
        while first in beyond:
            beyond, first = beyond - {first}, first + 1
        if first == len(operations):
            return True
        if (beyond, first, state) in seen:
            continue
        seen.add((beyond, first, state))
        horizon = min(operations[n].end for n in range(first, min(first + 2 * CLIENTS, len(operations))) if n not in beyond)
        n = first
        while n < len(operations) and operations[n].begin <= horizon:
            if n not in beyond and (after := fits(operations[n], state)) is not False:
                stack.append((beyond | {n}, first, after))
            n += 1
    return False


def test_the_check_tells_histories_apart():
    create, again = Operation(0, 2, 'create', 201, 'a'), Operation(1, 3, 'create', 409, None)
    assert linear([create, again, Operation(4, 5, 'inspect', 200, 'a')])
    assert linear([create, Operation(1, 3, 'remove', 204, None), Operation(4, 5, 'inspect', 404, None)])
    assert not linear([create, Operation(3, 4, 'inspect', 404, None)])
    assert not linear([create, Operation(3, 4, 'inspect', 200, 'b')])
    assert not linear([create, Operation(1, 3, 'create', 201, 'b')])


def test_all_clients_see_one_history(drydock, client):
    client.images.pull('busybox', 'latest')
    names = ['one', 'two', 'three']

    def work(n):
        connection, chance, done = Connection(drydock.socket), random.Random(n), []
        for _ in range(40):
            name, kind = chance.choice(names), chance.choice(['create', 'remove', 'inspect', 'inspect'])
            begin = time.monotonic()
            if kind == 'create':
                status, said = connection.ask('POST', f'/containers/create?name={name}', {'Image': 'busybox'})
            elif kind == 'remove':
                status, said = connection.ask('DELETE', f'/containers/{name}')
            else:
                status, said = connection.ask('GET', f'/containers/{name}/json')
            made = json.loads(said)['Id'] if status in (200, 201) else None
            done.append((name, Operation(begin, time.monotonic(), kind, status, made)))
        return done

    history = [entry for done in at_once(16, work) for entry in done]
    for name in names:
        operations = [operation for of, operation in history if of == name]
        assert {operation.status for operation in operations} == {200, 201, 204, 404, 409}
        assert linear(operations), name
    # The events tell the same: what is made goes before the name is made again.
    until = str(int(time.time()) + 1)
    for name in names:
        told = client.events(since=0, until=until, decode=True, filters={'container': name, 'event': ['create', 'destroy']})
        actions = [event['Action'] for event in told]
        assert actions == ['create', 'destroy'] * (len(actions) // 2) + ['create'] * (len(actions) % 2)
        assert actions.count('create') == sum(o.status == 201 for of, o in history if of == name)
