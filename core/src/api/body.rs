//! JSON bodies, read as Go reads them: null leaves a field as it is, and what follows a document is refused.

use super::Refusal;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Nesting beyond this is refused.
const MAX_DEPTH: usize = 64;

/// Reads one document.
///
/// # Errors
/// Why not, in Go's words where they are known.
pub fn read(bytes: &[u8]) -> Result<Value, String> {
    let mut documents = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    let value = match documents.next() {
        Some(Ok(value)) => value,
        Some(Err(e)) if e.is_eof() => return Err("unexpected EOF".to_owned()),
        Some(Err(e)) => return Err(e.to_string()),
        None => return Err("unexpected EOF".to_owned()),
    };
    if depth(&value) > MAX_DEPTH {
        return Err(format!("nested deeper than {MAX_DEPTH} levels"));
    }
    if documents.next().is_some() {
        return Err("unexpected content after JSON".to_owned());
    }
    Ok(value)
}

/// Makes a document of the API of a value.
///
/// # Errors
/// `invalid JSON: …`.
pub fn of<T: DeserializeOwned>(mut value: Value) -> Result<T, Refusal> {
    // A list would be taken for the fields of a document in their order.
    if value.is_array() {
        return Err(Refusal::invalid("invalid JSON: json: cannot unmarshal array into a document"));
    }
    drop_nulls(&mut value);
    serde_json::from_value(value).map_err(|e| Refusal::invalid(format!("invalid JSON: {e}")))
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(all) => 1 + all.iter().map(depth).max().unwrap_or(0),
        Value::Object(all) => 1 + all.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Takes away the fields that are null.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(all) => all.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
