FunctionType = type(lambda: None)
LambdaType = FunctionType
MethodType = type([].append)
BuiltinFunctionType = type(len)
ModuleType = type(__import__("sys"))
NoneType = type(None)
GeneratorType = type((x for x in ()))


class SimpleNamespace:
    def __init__(self, **names):
        for name, value in names.items():
            setattr(self, name, value)

    def __repr__(self):
        return "namespace(" + ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items()) + ")"

    def __eq__(self, other):
        return self.__dict__ == other.__dict__
