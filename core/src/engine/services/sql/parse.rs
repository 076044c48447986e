//! The parser of statements.

use super::lex::{Kind, Token, tokens};
use super::store::Column;
use super::tree::{Expr, Item, Select, Statement, TableName};
use super::value::Type;
use super::{Dialect, Failure};

pub(super) type Parsed<T> = Result<T, Failure>;

/// Verbs that SQL has and Drydock has not.
const REFUSED: &str = " ALTER BEGIN START COMMIT ROLLBACK SAVEPOINT GRANT REVOKE FLUSH SET EXPLAIN ANALYZE WITH CALL \
    LOAD LOCK UNLOCK RENAME REPLACE OPTIMIZE VACUUM COPY DO EXECUTE PREPARE MERGE COMMENT REINDEX CLUSTER LISTEN \
    NOTIFY KILL CHECK REPAIR HANDLER RESET TABLE VALUES ";
/// Clauses that SQL has and Drydock has not.
pub(super) const CLAUSES: &str = " JOIN INNER LEFT RIGHT FULL CROSS NATURAL GROUP HAVING UNION EXCEPT INTERSECT WINDOW FOR FETCH \
    RETURNING ON USING REFERENCES FOREIGN CHECK CONSTRAINT INDEX KEY FULLTEXT GENERATED COLLATE PARTITION INHERITS \
    AS SELECT CASE BETWEEN EXISTS DISTINCT INTERVAL CAST OVER ENUM ARRAY ";

pub(super) struct Parser<'a> {
    pub(super) dialect: Dialect,
    pub(super) sql: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    pub(super) depth: usize,
}

/// Parses one statement.
///
/// # Errors
/// A syntax error, or what is not simulated.
pub fn parse(dialect: Dialect, sql: &str) -> Parsed<Statement> {
    let tokens = tokens(dialect, sql)?;
    let mut parser = Parser { dialect, sql, tokens, at: 0, depth: 0 };
    let statement = parser.statement()?;
    parser.accept_sign(";");
    match parser.tokens.get(parser.at) {
        None => Ok(statement),
        Some(_) => Err(parser.wrong()),
    }
}

impl Parser<'_> {
    pub(super) fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(self.sql.trim_end().len(), |token| token.at)
    }

    /// The next word where it is a bare one, in capitals.
    fn peek(&self) -> String {
        match self.tokens.get(self.at).map(|token| &token.kind) {
            Some(Kind::Word(word)) => word.to_uppercase(),
            _ => String::new(),
        }
    }

    /// A syntax error here, or that the clause is not simulated.
    pub(super) fn wrong(&self) -> Failure {
        let word = self.peek();
        match !word.is_empty() && CLAUSES.contains(&format!(" {word} ")) {
            true => Failure::missing(&format!("{word} in this statement")),
            false => Failure::syntax(self.dialect, self.sql, self.place()),
        }
    }

    pub(super) fn accept(&mut self, word: &str) -> bool {
        let found = self.peek() == word;
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, word: &str) -> Parsed<()> {
        if self.accept(word) { Ok(()) } else { Err(self.wrong()) }
    }

    pub(super) fn accept_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at).map(|t| &t.kind), Some(Kind::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Parsed<()> {
        if self.accept_sign(sign) { Ok(()) } else { Err(self.wrong()) }
    }

    pub(super) fn name(&mut self) -> Parsed<(String, usize)> {
        let at = self.place();
        let name = match self.tokens.get(self.at).map(|token| &token.kind) {
            Some(Kind::Word(word)) if self.dialect.is_postgres() => word.to_lowercase(),
            Some(Kind::Word(word) | Kind::Quoted(word)) => word.clone(),
            _ => return Err(self.wrong()),
        };
        self.at += 1;
        match name.is_empty() || name.len() > 64 || name.contains(['/', '\0']) || name.starts_with('.') {
            true => Err(Failure::syntax(self.dialect, self.sql, at)),
            false => Ok((name, at)),
        }
    }

    fn table(&mut self) -> Parsed<TableName> {
        let (name, at) = self.name()?;
        if !self.accept_sign(".") {
            return Ok(TableName { database: None, name, at });
        }
        let (table, _) = self.name()?;
        let public = self.dialect.is_postgres() && name == "public";
        Ok(TableName { database: (!public).then_some(name), name: table, at })
    }

    fn if_not_exists(&mut self) -> Parsed<bool> {
        if !self.accept("IF") {
            return Ok(false);
        }
        self.expect("NOT")?;
        self.expect("EXISTS").map(|()| true)
    }

    fn if_exists(&mut self) -> Parsed<bool> {
        if self.accept("IF") { self.expect("EXISTS").map(|()| true) } else { Ok(false) }
    }

    fn statement(&mut self) -> Parsed<Statement> {
        let verb = self.peek();
        if self.tokens.is_empty() {
            return Ok(Statement::Empty);
        }
        self.at += 1;
        let mysql = !self.dialect.is_postgres();
        match verb.as_str() {
            "CREATE" => self.create(),
            "DROP" => self.drop(),
            "USE" if mysql => Ok(Statement::Use(self.name()?.0)),
            "SHOW" if mysql => self.show(),
            "DESCRIBE" | "DESC" if mysql => Ok(Statement::Describe(self.table()?)),
            "TRUNCATE" => {
                self.accept("TABLE");
                Ok(Statement::Truncate(self.table()?))
            }
            "INSERT" => self.insert(),
            "SELECT" => Ok(Statement::Select(self.select()?)),
            "UPDATE" => self.update(),
            "DELETE" => {
                self.expect("FROM")?;
                Ok(Statement::Delete { from: self.table()?, filter: self.filter()? })
            }
            other if REFUSED.contains(&format!(" {other} ")) || other == "SHOW" => {
                Err(Failure::missing(other))
            }
            _ => {
                self.at -= 1;
                Err(self.wrong())
            }
        }
    }

    fn create(&mut self) -> Parsed<Statement> {
        if self.accept("DATABASE") || (!self.dialect.is_postgres() && self.accept("SCHEMA")) {
            let lenient = self.if_not_exists()?;
            return Ok(Statement::CreateDatabase { name: self.name()?.0, lenient });
        }
        if !self.accept("TABLE") {
            let what = self.peek();
            let known = "USER ROLE INDEX UNIQUE VIEW SCHEMA SEQUENCE EXTENSION TYPE FUNCTION PROCEDURE TRIGGER OR TEMPORARY TEMP EVENT MATERIALIZED";
            return Err(match known.split(' ').any(|word| word == what) {
                true => Failure::missing(&format!("CREATE {what}")),
                false => self.wrong(),
            });
        }
        let lenient = self.if_not_exists()?;
        let name = self.table()?;
        self.expect_sign("(")?;
        let mut columns: Vec<Column> = vec![];
        loop {
            if self.accept("PRIMARY") {
                self.expect("KEY")?;
                self.key(&mut columns, true)?;
            } else if self.accept("UNIQUE") {
                self.key(&mut columns, false)?;
            } else {
                columns.push(self.column()?);
            }
            if !self.accept_sign(",") {
                break;
            }
        }
        self.expect_sign(")")?;
        self.table_options()?;
        Ok(Statement::CreateTable { name, columns, lenient })
    }

    /// `ENGINE=InnoDB` and the like, which change nothing that is simulated.
    fn table_options(&mut self) -> Parsed<()> {
        while !self.dialect.is_postgres()
            && matches!(self.peek().as_str(), "ENGINE" | "DEFAULT" | "CHARSET" | "CHARACTER")
        {
            while self.accept("DEFAULT") || self.accept("CHARACTER") || self.accept("SET") {}
            if matches!(self.peek().as_str(), "ENGINE" | "CHARSET") {
                self.at += 1;
            }
            self.accept_sign("=");
            self.name()?;
        }
        Ok(())
    }

    fn key(&mut self, columns: &mut [Column], primary: bool) -> Parsed<()> {
        self.expect_sign("(")?;
        let (name, at) = self.name()?;
        if !self.accept_sign(")") {
            return Err(Failure::missing("a key of several columns"));
        }
        let column = columns.iter_mut().find(|column| column.name == name);
        let column = column.ok_or_else(|| Failure::no_column(self.dialect, &name, "key", at))?;
        (column.primary, column.unique, column.required) = (primary, true, column.required || primary);
        Ok(())
    }

    fn column(&mut self) -> Parsed<Column> {
        let (name, _) = self.name()?;
        let (kind, text, counts) = self.column_type()?;
        let mut column = Column { name, kind, text, counts, ..Column::default() };
        column.required = counts && self.dialect.is_postgres();
        loop {
            if self.accept("NOT") {
                self.expect("NULL")?;
                column.required = true;
            } else if self.accept("PRIMARY") {
                self.expect("KEY")?;
                (column.primary, column.unique, column.required) = (true, true, true);
            } else if self.accept("UNIQUE") {
                self.accept("KEY");
                column.unique = true;
            } else if self.accept("AUTO_INCREMENT") {
                column.counts = true;
            } else if self.accept("DEFAULT") {
                let begin = self.place();
                let expr = self.primary()?;
                let end = self.tokens.get(self.at.saturating_sub(1)).map_or(begin, |token| token.end);
                column.default = Some(self.sql.get(begin..end).unwrap_or_default().to_string());
                if !matches!(expr, Expr::Value(_) | Expr::Call(..)) {
                    return Err(Failure::missing("this default"));
                }
            } else if !self.accept("NULL") {
                return Ok(column);
            }
        }
    }

    /// The kind of a column, its name as the server shows it, and whether it counts by itself.
    fn column_type(&mut self) -> Parsed<(Type, String, bool)> {
        let (written, at) = self.name()?;
        let word = written.to_uppercase();
        let mut size = String::new();
        if self.accept_sign("(") {
            let begin = self.place();
            while !self.accept_sign(")") {
                if self.at >= self.tokens.len() {
                    return Err(self.wrong());
                }
                self.at += 1;
            }
            let end = self.tokens.get(self.at - 1).map_or(begin, |token| token.at);
            size = format!("({})", self.sql.get(begin..end).unwrap_or_default());
        }
        let postgres = self.dialect.is_postgres();
        let mut text = if postgres { String::new() } else { format!("{}{size}", written.to_lowercase()) };
        let mut name = |pg: &str| {
            if postgres {
                text = format!("{pg}{size}");
            } else if word == "INTEGER" {
                text = "int".into();
            } else if matches!(word.as_str(), "BOOLEAN" | "BOOL") {
                text = "tinyint(1)".into();
            }
        };
        let (kind, counts) = match word.as_str() {
            "SERIAL" => (name("integer"), (Type::Int, true)).1,
            "BIGSERIAL" => (name("bigint"), (Type::Int, true)).1,
            "INT" | "INTEGER" | "INT4" | "MEDIUMINT" => (name("integer"), (Type::Int, false)).1,
            "BIGINT" | "INT8" => (name("bigint"), (Type::Int, false)).1,
            "SMALLINT" | "TINYINT" => (name("smallint"), (Type::Int, false)).1,
            "VARCHAR" => (name("character varying"), (Type::Text, false)).1,
            "CHAR" => (name("character"), (Type::Text, false)).1,
            "TEXT" | "LONGTEXT" | "MEDIUMTEXT" => (name("text"), (Type::Text, false)).1,
            "DECIMAL" | "NUMERIC" => (name("numeric"), (Type::Real, false)).1,
            "FLOAT" | "REAL" | "DOUBLE" => {
                self.accept("PRECISION");
                (name("double precision"), (Type::Real, false)).1
            }
            "BOOLEAN" | "BOOL" if postgres => (name("boolean"), (Type::Bool, false)).1,
            "BOOLEAN" | "BOOL" => (name("boolean"), (Type::Int, false)).1,
            "DATE" => (name("date"), (Type::Text, false)).1,
            "TIMESTAMP" if postgres => (name("timestamp without time zone"), (Type::Text, false)).1,
            "TIMESTAMPTZ" => (name("timestamp with time zone"), (Type::Text, false)).1,
            "TIMESTAMP" | "DATETIME" | "TIME" => (name("time"), (Type::Text, false)).1,
            "UUID" => (name("uuid"), (Type::Text, false)).1,
            _ => return Err(Failure::missing(&format!("the type {word}")).at(at)),
        };
        Ok((kind, text, counts))
    }

    fn drop(&mut self) -> Parsed<Statement> {
        if self.accept("DATABASE") {
            let lenient = self.if_exists()?;
            return Ok(Statement::DropDatabase { name: self.name()?.0, lenient });
        }
        if !self.accept("TABLE") {
            let what = self.peek();
            return Err(Failure::missing(&format!("DROP {what}")));
        }
        let lenient = self.if_exists()?;
        let mut names = vec![self.table()?];
        while self.accept_sign(",") {
            names.push(self.table()?);
        }
        Ok(Statement::DropTable { names, lenient })
    }

    fn show(&mut self) -> Parsed<Statement> {
        if self.accept("DATABASES") || self.accept("SCHEMAS") {
            return Ok(Statement::ShowDatabases);
        }
        if self.accept("TABLES") {
            return Ok(Statement::ShowTables);
        }
        if self.accept("COLUMNS") || self.accept("FIELDS") {
            self.expect("FROM")?;
            return Ok(Statement::Describe(self.table()?));
        }
        Err(Failure::missing(&format!("SHOW {}", self.peek())))
    }

    fn insert(&mut self) -> Parsed<Statement> {
        self.expect("INTO")?;
        let into = self.table()?;
        let mut columns = vec![];
        if self.accept_sign("(") {
            columns.push(self.name()?);
            while self.accept_sign(",") {
                columns.push(self.name()?);
            }
            self.expect_sign(")")?;
        }
        if !self.accept("VALUES") && !self.accept("VALUE") {
            return Err(self.wrong());
        }
        let mut rows = vec![];
        loop {
            self.expect_sign("(")?;
            let mut row = vec![];
            loop {
                row.push(if self.accept("DEFAULT") { None } else { Some(self.expr()?) });
                if !self.accept_sign(",") {
                    break;
                }
            }
            self.expect_sign(")")?;
            rows.push(row);
            if !self.accept_sign(",") {
                return Ok(Statement::Insert { into, columns, rows });
            }
        }
    }

    fn update(&mut self) -> Parsed<Statement> {
        let table = self.table()?;
        self.expect("SET")?;
        let mut sets = vec![];
        loop {
            let (name, at) = self.name()?;
            self.expect_sign("=")?;
            sets.push((name, at, self.expr()?));
            if !self.accept_sign(",") {
                return Ok(Statement::Update { table, sets, filter: self.filter()? });
            }
        }
    }

    fn filter(&mut self) -> Parsed<Option<Expr>> {
        if self.accept("WHERE") { self.expr().map(Some) } else { Ok(None) }
    }

    fn select(&mut self) -> Parsed<Select> {
        let mut items = vec![];
        loop {
            items.push(self.item()?);
            if !self.accept_sign(",") {
                break;
            }
        }
        let from = if self.accept("FROM") { Some(self.table()?) } else { None };
        if from.is_some() {
            // Columns may be named with it, and there is one table only.
            self.alias()?;
        }
        if self.accept_sign(",") {
            return Err(Failure::missing("SELECT from several tables"));
        }
        let filter = self.filter()?;
        let mut order = vec![];
        if self.accept("ORDER") {
            self.expect("BY")?;
            loop {
                let expr = self.expr()?;
                let turned = self.accept("DESC");
                if !turned {
                    self.accept("ASC");
                }
                order.push((expr, turned));
                if !self.accept_sign(",") {
                    break;
                }
            }
        }
        let (mut limit, mut offset) = (None, 0);
        if self.accept("LIMIT") {
            limit = Some(self.count()?);
            if !self.dialect.is_postgres() && self.accept_sign(",") {
                offset = limit.replace(self.count()?).unwrap_or_default();
            }
        }
        if self.accept("OFFSET") {
            offset = self.count()?;
        }
        Ok(Select { items, from, filter, order, limit, offset })
    }

    fn count(&mut self) -> Parsed<usize> {
        let number = match self.tokens.get(self.at).map(|token| &token.kind) {
            Some(Kind::Number(text)) => text.parse().ok(),
            _ => None,
        };
        let number = number.ok_or_else(|| self.wrong())?;
        self.at += 1;
        Ok(number)
    }

    fn item(&mut self) -> Parsed<Item> {
        if self.accept_sign("*") {
            return Ok(Item::All);
        }
        let begin = self.place();
        let expr = self.expr()?;
        let end = self.tokens.get(self.at.saturating_sub(1)).map_or(begin, |token| token.end);
        let written = self.sql.get(begin..end).unwrap_or_default().to_string();
        let mut name = match &expr {
            Expr::Column(name, _) => name.clone(),
            Expr::Call(name, ..) if self.dialect.is_postgres() => name.to_lowercase(),
            _ if self.dialect.is_postgres() => "?column?".into(),
            _ => written,
        };
        if let Some(alias) = self.alias()? {
            name = alias;
        }
        Ok(Item::One { expr, name })
    }

    /// Another name, with `AS` or without.
    fn alias(&mut self) -> Parsed<Option<String>> {
        const KEYWORDS: &str = " FROM WHERE ORDER LIMIT OFFSET AND OR NOT IS IN LIKE ASC DESC ";
        let given = self.accept("AS");
        let word = format!(" {} ", self.peek());
        let bare = match self.tokens.get(self.at).map(|token| &token.kind) {
            Some(Kind::Quoted(_)) => true,
            Some(Kind::Word(_)) => !KEYWORDS.contains(&word) && !CLAUSES.contains(&word),
            _ => false,
        };
        if given || bare { self.name().map(|(name, _)| Some(name)) } else { Ok(None) }
    }
}
