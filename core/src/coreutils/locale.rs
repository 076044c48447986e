//! `locale [-a] [charmap]`: the settings of the language. There are `C`, `C.utf8` and `POSIX`.
//!
//! Exit status: 0; 1 for what is not simulated.

use super::opts::{Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `locale`.
pub const APPLETS: &[Applet] = &[Applet::main("locale", main)];

const SPEC: Spec = Spec::new("amck", &[("all-locales", 'a'), ("charmaps", 'm')], "[NAME]...", "Print the settings of the language.").missing("mck");

const CATEGORIES: [&str; 12] = [
    "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES", "LC_PAPER", "LC_NAME", "LC_ADDRESS",
    "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION",
];

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let set = |name: &str| sys.env(name).filter(|value| !value.is_empty());
    let (all, lang) = (set("LC_ALL"), set("LANG"));
    let of = |name: &str| all.clone().or_else(|| set(name)).or_else(|| lang.clone());
    let text = if options.has('a') {
        "C\nC.utf8\nPOSIX\n".to_string()
    } else if let Some(name) = options.operands.first() {
        if name != "charmap" {
            sys.complain(&format!("'{name}' is not simulated by Drydock"));
            return Ok(1);
        }
        let utf8 = of("LC_CTYPE").is_some_and(|value| value.to_lowercase().replace('-', "").ends_with("utf8"));
        if utf8 { "UTF-8\n" } else { "ANSI_X3.4-1968\n" }.to_string()
    } else {
        let language = set("LANGUAGE").unwrap_or_default();
        let mut text = format!("LANG={}\nLANGUAGE={language}\n", lang.clone().unwrap_or_default());
        for name in CATEGORIES {
            match set(name).filter(|_| all.is_none()) {
                Some(value) => text.push_str(&format!("{name}={value}\n")),
                None => text.push_str(&format!("{name}=\"{}\"\n", of(name).unwrap_or("POSIX".into()))),
            }
        }
        text + &format!("LC_ALL={}\n", all.clone().unwrap_or_default())
    };
    sys.print(&text);
    Ok(0)
}
