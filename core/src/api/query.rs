//! The parameters of a query, read as the daemon reads them.

use super::Refusal;
use crate::engine::filter::Filters;
use serde_json::Value;

/// Names and values, in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b=two`.
    pub fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name, true), decode(value, true))
        });
        Self(pairs.collect())
    }

    /// A parameter; empty where it is not given.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }

    /// True where it is given.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// A parameter that is given and not empty.
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// Every value of a parameter.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.clone()).collect()
    }

    /// A switch: off where it is missing, empty or one of the words for no.
    pub fn flag(&self, name: &str) -> bool {
        !matches!(self.get(name).trim().to_ascii_lowercase().as_str(), "" | "0" | "no" | "false" | "none")
    }

    /// A switch that is on unless it is given.
    pub fn flag_or(&self, name: &str, otherwise: bool) -> bool {
        if self.has(name) { self.flag(name) } else { otherwise }
    }

    /// A number; `None` where it is not given.
    ///
    /// # Errors
    /// In Go's words.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.some(name) else { return Ok(None) };
        let quoted = crate::base::go_text::quote(text);
        let wrong = |_| Refusal::invalid(format!("strconv.Atoi: parsing {quoted}: invalid syntax"));
        text.parse().map(Some).map_err(wrong)
    }

    /// `filters`: names and values, whichever of the two forms they come in.
    ///
    /// # Errors
    /// `invalid filter`.
    pub fn pairs(&self, name: &str) -> Result<Vec<(String, String)>, Refusal> {
        let Some(text) = self.some(name) else { return Ok(vec![]) };
        let wrong = || Refusal::invalid("invalid filter");
        let Value::Object(all) = super::body::read(text.as_bytes()).map_err(|_| wrong())? else {
            return Err(wrong());
        };
        let mut pairs = vec![];
        for (name, values) in all {
            match values {
                Value::Object(set) => {
                    let on = set.into_iter().filter(|(_, on)| on != &Value::Bool(false));
                    pairs.extend(on.map(|(value, _)| (name.clone(), value)));
                }
                Value::Array(list) => {
                    for value in list {
                        let value = value.as_str().ok_or_else(wrong)?.to_owned();
                        pairs.push((name.clone(), value));
                    }
                }
                _ => return Err(wrong()),
            }
        }
        Ok(pairs)
    }

    /// `filters` as operations take them.
    ///
    /// # Errors
    /// `invalid filter`.
    pub fn filters(&self) -> Result<Filters, Refusal> {
        Ok(Filters::new(self.pairs("filters")?))
    }

    /// A parameter that holds a JSON object of texts.
    ///
    /// # Errors
    /// Where it is none.
    pub fn texts(&self, name: &str) -> Result<Vec<(String, Option<String>)>, Refusal> {
        let Some(text) = self.some(name) else { return Ok(vec![]) };
        let wrong = |why: &str| Refusal::invalid(format!("error reading {name}: {why}"));
        let Value::Object(all) = super::body::read(text.as_bytes()).map_err(|why| wrong(&why))? else {
            return Err(wrong("not an object"));
        };
        all.into_iter()
            .map(|(key, value)| match value {
                Value::String(text) => Ok((key, Some(text))),
                Value::Null => Ok((key, None)),
                _ => Err(wrong("not a text")),
            })
            .collect()
    }
}

/// Decodes `%41`, and `+` as a space where asked.
pub fn decode(text: &str, plus: bool) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
        match (byte, hex.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                at += 3;
                continue;
            }
            (b'+', _) if plus => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
