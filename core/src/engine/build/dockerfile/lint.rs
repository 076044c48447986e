//! Build checks: the rules, their names and pages, and those that look at the text alone.

use super::Dockerfile;
use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($name:ident $page:literal,)*) => {
        /// A rule of the build checks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Rule {
            $(#[doc = concat!("The rule that the page `", $page, "` describes.")] $name,)*
        }

        impl Rule {
            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Rule::$name => stringify!($name),)* }
            }

            /// The page that describes it.
            pub fn url(self) -> String {
                let page = match self { $(Rule::$name => $page,)* };
                format!("https://docs.docker.com/go/dockerfile/rule/{page}/")
            }
        }
    };
}

rules! {
    StageNameCasing "stage-name-casing",
    FromAsCasing "from-as-casing",
    NoEmptyContinuation "no-empty-continuation",
    ConsistentInstructionCasing "consistent-instruction-casing",
    DuplicateStageName "duplicate-stage-name",
    ReservedStageName "reserved-stage-name",
    JSONArgsRecommended "json-args-recommended",
    MaintainerDeprecated "maintainer-deprecated",
    UndefinedArgInFrom "undefined-arg-in-from",
    WorkdirRelativePath "workdir-relative-path",
    UndefinedVar "undefined-var",
    MultipleInstructionsDisallowed "multiple-instructions-disallowed",
    LegacyKeyValueFormat "legacy-key-value-format",
    RedundantTargetPlatform "redundant-target-platform",
    SecretsUsedInArgOrEnv "secrets-used-in-arg-or-env",
    InvalidDefaultArgInFrom "invalid-default-arg-in-from",
    FromPlatformFlagConstDisallowed "from-platform-flag-const-disallowed",
    CopyIgnoredFile "copy-ignored-file",
    InvalidDefinitionDescription "invalid-definition-description",
    ExposeProtoCasing "expose-proto-casing",
    ExposeInvalidFormat "expose-invalid-format",
}

impl Rule {
    /// Whether it is on trial: only who asks for it gets it.
    pub fn is_experimental(self) -> bool {
        self == Rule::InvalidDefinitionDescription
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The rule.
    pub rule: Rule,
    /// What is wrong.
    pub message: String,
    /// The line, counted from 1.
    pub line: usize,
}

impl Warning {
    /// A finding.
    pub fn new(rule: Rule, message: impl Into<String>, line: usize) -> Self {
        Self { rule, message: message.into(), line }
    }

    /// The line that the progress and the list of warnings show.
    pub fn text(&self) -> String {
        format!("{}: {} (line {})", self.rule.name(), self.message, self.line)
    }
}

/// Names of stages that are used twice or reserved.
pub fn check_stages(file: &mut Dockerfile) {
    let mut seen: Vec<&str> = Vec::new();
    for stage in &file.stages {
        let Some(name) = stage.name.as_deref() else { continue };
        let line = stage.range.start;
        if matches!(name, "scratch" | "context") {
            let message = format!("Stage name should not use the same name as reserved stage \"{name}\"");
            file.warnings.push(Warning::new(Rule::ReservedStageName, message, line));
        }
        if seen.contains(&name) {
            let message = format!("Duplicate stage name \"{name}\", stage names should be unique");
            file.warnings.push(Warning::new(Rule::DuplicateStageName, message, line));
        }
        seen.push(name);
    }
}

/// Instructions that are not written in the case of most others. Only those of stages count.
pub fn check_casing(file: &mut Dockerfile) {
    let stages = file.stages.iter();
    let words: Vec<(&str, usize)> = stages
        .flat_map(|stage| {
            let steps = stage.steps.iter().map(|step| (step.text.as_str(), step.range.start));
            std::iter::once((stage.text.as_str(), stage.range.start)).chain(steps)
        })
        .map(|(text, line)| (text.split_whitespace().next().unwrap_or_default(), line))
        .collect();
    let lower = |word: &str| word.to_lowercase() == word;
    let upper = |word: &str| word.to_uppercase() == word;
    let most_lower = words.iter().filter(|(word, _)| lower(word)).count()
        > words.iter().filter(|(word, _)| upper(word)).count();
    for (word, line) in words {
        let fits = if most_lower { lower(word) } else { upper(word) };
        if !fits {
            let case = if most_lower { "lowercase" } else { "uppercase" };
            let message = format!("Command '{word}' should match the case of the command majority ({case})");
            file.warnings.push(Warning::new(Rule::ConsistentInstructionCasing, message, line));
        }
    }
}

/// Whether a variable's name says that its value is a secret.
pub fn looks_secret(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "apikey",
        "auth",
        "credential",
        "credentials",
        "key",
        "password",
        "pword",
        "passwd",
        "secret",
        "token",
    ];
    let name = name.to_lowercase();
    let has = |wanted: &[&str]| name.split('_').any(|part| wanted.contains(&part));
    has(&WORDS) && !has(&["public"])
}
