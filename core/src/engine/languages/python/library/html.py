def escape(s, quote=True):
    s = s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quote:
        s = s.replace(chr(34), "&quot;").replace(chr(39), "&#x27;")
    return s


def unescape(s):
    for name, c in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", chr(34)), ("&#x27;", chr(39)), ("&#39;", chr(39)), ("&amp;", "&")):
        s = s.replace(name, c)
    return s
