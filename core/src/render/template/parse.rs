//! Turns tokens into a tree, with Go's rules and error texts.

use super::lex::{Kind, Token, tokens};
use super::literal::{number, unquote};
use super::node::{Arg, ArgKind, Branch, Call, Cmd, List, Node, Pipe};
use crate::base::go_text::quote;
use std::collections::BTreeMap;

/// Nesting of parentheses and control structures beyond this is refused.
const MAX_NESTING: usize = 60;

/// Parses `text`; the result holds the main template under `name` and what `define` and `block`
/// add. `known` says which functions exist. The error is Go's whole text.
pub(super) fn parse(
    name: &str,
    text: &str,
    known: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<String, List>, String> {
    let mut parser = Parser {
        name,
        tokens: tokens(text),
        at: 0,
        furthest: 0,
        vars: vec!["$".into()],
        ranges: 0,
        nesting: 0,
        action_line: 0,
        known,
        trees: BTreeMap::new(),
    };
    match parser.top() {
        Ok(root) => {
            parser.add(name, root).map_err(|m| parser.located(&m))?;
            Ok(parser.trees)
        }
        Err(message) => Err(parser.located(&message)),
    }
}

struct Parser<'p> {
    /// What error texts call the text that is parsed.
    name: &'p str,
    tokens: Vec<Token>,
    at: usize,
    /// The last token looked at, whose line errors name.
    furthest: usize,
    vars: Vec<String>,
    ranges: usize,
    nesting: usize,
    action_line: usize,
    known: &'p dyn Fn(&str) -> bool,
    trees: BTreeMap<String, List>,
}

type Parsed<T> = Result<T, String>;

/// A node, or what ends the list it would stand in.
enum Item {
    Node(Node),
    End,
    Else,
}

fn is_empty(list: &[Node]) -> bool {
    list.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
}

impl Parser<'_> {
    fn located(&self, message: &str) -> String {
        let line = self.tokens.get(self.furthest).map_or(1, |t| t.line);
        format!("template: {}:{line}: {message}", self.name)
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    fn peek(&mut self) -> Token {
        self.furthest = self.furthest.max(self.at);
        match self.tokens.get(self.at) {
            Some(token) => token.clone(),
            None => Token { kind: Kind::Eof, pos: 0, line: 1, text: String::new() },
        }
    }

    fn peek_non_space(&mut self) -> Token {
        while self.peek().kind == Kind::Space {
            self.next();
        }
        self.peek()
    }

    fn next_non_space(&mut self) -> Token {
        self.peek_non_space();
        self.next()
    }

    fn unexpected<T>(&self, token: &Token, context: &str) -> Parsed<T> {
        if token.kind != Kind::Error {
            return Err(format!("unexpected {} in {context}", token.shown()));
        }
        let mut message = token.shown();
        if self.action_line != 0 && self.action_line != token.line {
            let place = format!(" started at {}:{}", self.name, self.action_line);
            message += &if message.ends_with(" action") { place } else { format!(" in action{place}") };
        }
        Err(message)
    }

    fn expect_right_delim(&mut self, context: &str) -> Parsed<()> {
        let token = self.next_non_space();
        if token.kind == Kind::RightDelim { Ok(()) } else { self.unexpected(&token, context) }
    }

    /// Runs `body` one level deeper.
    fn nested<T>(&mut self, body: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting >= MAX_NESTING {
            return Err("the template is nested too deeply".into());
        }
        self.nesting += 1;
        let result = body(self);
        self.nesting -= 1;
        result
    }

    fn add(&mut self, name: &str, list: List) -> Parsed<()> {
        match self.trees.get(name) {
            Some(old) if !is_empty(old) => {
                if !is_empty(&list) {
                    return Err(format!("template: multiple definition of template {}", quote(name)));
                }
            }
            _ => {
                self.trees.insert(name.to_owned(), list);
            }
        }
        Ok(())
    }

    fn top(&mut self) -> Parsed<List> {
        let mut root = List::new();
        while self.peek().kind != Kind::Eof {
            if self.peek().kind == Kind::LeftDelim {
                let back = self.at;
                self.next();
                if self.next_non_space().is_keyword("define") {
                    self.definition()?;
                    continue;
                }
                self.at = back;
            }
            match self.text_or_action()? {
                Item::Node(node) => root.push(node),
                Item::End => return Err("unexpected {{end}}".into()),
                Item::Else => return Err("unexpected {{else}}".into()),
            }
        }
        Ok(root)
    }

    fn definition(&mut self) -> Parsed<()> {
        let context = "define clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        self.expect_right_delim(context)?;
        let list = self.own_list(context)?;
        self.add(&name, list)
    }

    /// The body of a `define` or `block`, which sees no outer variables.
    fn own_list(&mut self, context: &str) -> Parsed<List> {
        let vars = std::mem::replace(&mut self.vars, vec!["$".into()]);
        let ranges = std::mem::take(&mut self.ranges);
        let (list, is_end) = self.nested(Self::item_list)?;
        self.vars = vars;
        self.ranges = ranges;
        if !is_end {
            return Err(format!("unexpected {{{{else}}}} in {context}"));
        }
        Ok(list)
    }

    /// Nodes up to `{{end}}` (true) or `{{else}}` (false).
    fn item_list(&mut self) -> Parsed<(List, bool)> {
        let mut list = List::new();
        while self.peek_non_space().kind != Kind::Eof {
            match self.text_or_action()? {
                Item::Node(node) => list.push(node),
                Item::End => return Ok((list, true)),
                Item::Else => return Ok((list, false)),
            }
        }
        Err("unexpected EOF".into())
    }

    fn text_or_action(&mut self) -> Parsed<Item> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text(token.text))),
            Kind::LeftDelim => {
                self.action_line = token.line;
                let item = self.action();
                if item.is_ok() {
                    self.action_line = 0;
                }
                item
            }
            _ => self.unexpected(&token, "input"),
        }
    }

    fn action(&mut self) -> Parsed<Item> {
        let token = self.peek_non_space();
        if token.kind == Kind::Keyword && token.text != "define" {
            self.next();
            return match token.text.as_str() {
                "end" => self.expect_right_delim("end").map(|()| Item::End),
                "else" => self.else_control(),
                "if" => Ok(Item::Node(Node::If(self.control("if")?))),
                "with" => Ok(Item::Node(Node::With(self.control("with")?))),
                "range" => Ok(Item::Node(Node::Range(self.control("range")?))),
                "template" => Ok(Item::Node(Node::Template(self.template_control()?))),
                "block" => Ok(Item::Node(Node::Template(self.block_control()?))),
                word => self.loop_control(word),
            };
        }
        Ok(Item::Node(Node::Action(self.pipeline("command", Kind::RightDelim)?)))
    }

    fn loop_control(&mut self, word: &str) -> Parsed<Item> {
        let token = self.next_non_space();
        if token.kind != Kind::RightDelim {
            return self.unexpected(&token, &format!("{{{{{word}}}}}"));
        }
        if self.ranges == 0 {
            return Err(format!("{{{{{word}}}}} outside {{{{range}}}}"));
        }
        Ok(Item::Node(if word == "break" { Node::Break } else { Node::Continue }))
    }

    /// `{{else}}`; of `{{else if}}` and `{{else with}}` only the first word is taken.
    fn else_control(&mut self) -> Parsed<Item> {
        let next = self.peek_non_space();
        if !next.is_keyword("if") && !next.is_keyword("with") {
            self.expect_right_delim("else")?;
        }
        Ok(Item::Else)
    }

    fn control(&mut self, word: &str) -> Parsed<Branch> {
        let vars = self.vars.len();
        let branch = self.nested(|p| {
            let pipe = p.pipeline(word, Kind::RightDelim)?;
            p.ranges += usize::from(word == "range");
            let (list, is_end) = p.item_list()?;
            p.ranges -= usize::from(word == "range");
            let otherwise = if is_end { List::new() } else { p.otherwise(word)? };
            Ok(Branch { pipe, list, otherwise })
        });
        self.vars.truncate(vars);
        branch
    }

    fn otherwise(&mut self, word: &str) -> Parsed<List> {
        if (word == "if" || word == "with") && self.peek().is_keyword(word) {
            self.next();
            let branch = self.control(word)?;
            return Ok(vec![if word == "if" { Node::If(branch) } else { Node::With(branch) }]);
        }
        match self.item_list()? {
            (list, true) => Ok(list),
            _ => Err("expected end; found {{else}}".into()),
        }
    }

    fn template_name(&mut self, token: &Token, context: &str) -> Parsed<String> {
        match token.kind {
            Kind::Str | Kind::RawString => unquote(&token.text),
            _ => self.unexpected(token, context),
        }
    }

    fn template_control(&mut self) -> Parsed<Call> {
        let context = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let mut pipe = None;
        if self.peek_non_space().kind == Kind::RightDelim {
            self.next();
        } else {
            pipe = Some(self.pipeline(context, Kind::RightDelim)?);
        }
        Ok(Call { pos: token.pos, name, pipe })
    }

    fn block_control(&mut self) -> Parsed<Call> {
        let context = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        let list = self.own_list(context)?;
        self.add(&name, list)?;
        Ok(Call { pos: token.pos, name, pipe: Some(pipe) })
    }

    fn pipeline(&mut self, context: &str, end: Kind) -> Parsed<Pipe> {
        let pos = self.peek_non_space().pos;
        let mut pipe = Pipe { pos, assign: false, decl: Vec::new(), cmds: Vec::new() };
        self.declarations(&mut pipe, context)?;
        loop {
            let token = self.peek_non_space();
            if token.kind == end {
                self.next();
                break;
            }
            match token.kind {
                Kind::Bool
                | Kind::CharConstant
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::Str
                | Kind::Variable
                | Kind::LeftParen => {
                    let cmd = self.command()?;
                    pipe.cmds.push(cmd);
                }
                _ => return self.unexpected(&token, context),
            }
        }
        self.check_pipeline(pipe, context)
    }

    fn check_pipeline(&self, pipe: Pipe, context: &str) -> Parsed<Pipe> {
        if pipe.cmds.is_empty() {
            return Err(format!("missing value for {context}"));
        }
        for (i, cmd) in pipe.cmds.iter().enumerate().skip(1) {
            let first = cmd.args.first().map(|a| &a.kind);
            if matches!(
                first,
                Some(ArgKind::Bool(_) | ArgKind::Dot | ArgKind::Nil | ArgKind::Number(..) | ArgKind::Str(..))
            ) {
                return Err(format!("non executable command in pipeline stage {}", i + 1));
            }
        }
        Ok(pipe)
    }

    /// `$x :=`, `$x =`, and in a range `$i, $x :=`.
    fn declarations(&mut self, pipe: &mut Pipe, context: &str) -> Parsed<()> {
        while self.peek_non_space().kind == Kind::Variable {
            let back = self.at;
            let variable = self.next();
            let next = self.peek_non_space();
            let comma = next.kind == Kind::Char && next.text == ",";
            if !comma && !matches!(next.kind, Kind::Assign | Kind::Declare) {
                self.at = back;
                return Ok(());
            }
            self.next();
            pipe.assign = next.kind == Kind::Assign;
            pipe.decl.push(variable.text.clone());
            self.vars.push(variable.text);
            if !comma {
                return Ok(());
            }
            if context != "range" || pipe.decl.len() >= 2 {
                return Err(format!("too many declarations in {context}"));
            }
            let after = self.peek_non_space().kind;
            if !matches!(after, Kind::Variable | Kind::RightDelim | Kind::RightParen) {
                return Err("range can only initialize variables".into());
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parsed<Cmd> {
        let pos = self.peek_non_space().pos;
        let mut args = Vec::new();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                args.push(operand);
            }
            let token = self.peek();
            match token.kind {
                Kind::Space => {
                    self.next();
                    continue;
                }
                Kind::RightDelim | Kind::RightParen => {}
                Kind::Pipe => {
                    self.next();
                }
                _ => return self.unexpected(&token, "operand"),
            }
            break;
        }
        if args.is_empty() {
            return Err("empty command".into());
        }
        Ok(Cmd { pos, args })
    }

    fn operand(&mut self) -> Parsed<Option<Arg>> {
        let Some(base) = self.term()? else { return Ok(None) };
        if self.peek().kind != Kind::Field {
            return Ok(Some(base));
        }
        let pos = self.peek().pos;
        let mut names = Vec::new();
        while self.peek().kind == Kind::Field {
            names.push(self.next().text.split_off(1));
        }
        let shown = base.to_string();
        let kind = match base.kind {
            ArgKind::Field(mut all) => {
                all.append(&mut names);
                ArgKind::Field(all)
            }
            ArgKind::Variable(mut all) => {
                all.append(&mut names);
                ArgKind::Variable(all)
            }
            ArgKind::Bool(_) | ArgKind::Str(..) | ArgKind::Number(..) | ArgKind::Nil | ArgKind::Dot => {
                return Err(format!("unexpected . after term {}", quote(&shown)));
            }
            _ => ArgKind::Chain(Box::new(base), names),
        };
        Ok(Some(Arg { pos, kind }))
    }

    fn term(&mut self) -> Parsed<Option<Arg>> {
        let token = self.peek_non_space();
        let kind = match token.kind {
            Kind::Identifier => {
                if !(self.known)(&token.text) {
                    return Err(format!("function {} not defined", quote(&token.text)));
                }
                ArgKind::Ident(token.text)
            }
            Kind::Dot => ArgKind::Dot,
            Kind::Nil => ArgKind::Nil,
            Kind::Variable => {
                if !self.vars.contains(&token.text) {
                    return Err(format!("undefined variable {}", quote(&token.text)));
                }
                ArgKind::Variable(vec![token.text])
            }
            Kind::Field => ArgKind::Field(vec![token.text.get(1..).unwrap_or("").to_owned()]),
            Kind::Bool => ArgKind::Bool(token.text == "true"),
            Kind::CharConstant | Kind::Number => ArgKind::Number(number(&token.text)?, token.text),
            Kind::Str | Kind::RawString => ArgKind::Str(unquote(&token.text)?, token.text),
            Kind::LeftParen => {
                self.next();
                let pipe = self.nested(|p| p.pipeline("parenthesized pipeline", Kind::RightParen))?;
                return Ok(Some(Arg { pos: pipe.pos, kind: ArgKind::Pipe(Box::new(pipe)) }));
            }
            _ => return Ok(None),
        };
        self.next();
        Ok(Some(Arg { pos: token.pos, kind }))
    }
}
