//! Container names: the rule for those that users give, and those that Docker makes up
//! (`clever_hopper`: an adjective and the surname of someone who advanced science or engineering).

use super::Rng;

/// The first halves of generated names. The comparison of transcripts knows a generated name by them.
pub const ADJECTIVES: &[&str] = &[
    "admiring",
    "adoring",
    "affectionate",
    "agitated",
    "amazing",
    "angry",
    "awesome",
    "beautiful",
    "blissful",
    "bold",
    "boring",
    "brave",
    "busy",
    "charming",
    "clever",
    "compassionate",
    "competent",
    "condescending",
    "confident",
    "cool",
    "cranky",
    "crazy",
    "dazzling",
    "determined",
    "distracted",
    "dreamy",
    "eager",
    "ecstatic",
    "elastic",
    "elated",
    "elegant",
    "eloquent",
    "epic",
    "exciting",
    "fervent",
    "festive",
    "flamboyant",
    "focused",
    "friendly",
    "frosty",
    "funny",
    "gallant",
    "gifted",
    "goofy",
    "gracious",
    "great",
    "happy",
    "hardcore",
    "heuristic",
    "hopeful",
    "hungry",
    "infallible",
    "inspiring",
    "intelligent",
    "interesting",
    "jolly",
    "jovial",
    "keen",
    "kind",
    "laughing",
    "loving",
    "lucid",
    "magical",
    "modest",
    "musing",
    "mystifying",
    "naughty",
    "nervous",
    "nice",
    "nifty",
    "nostalgic",
    "objective",
    "optimistic",
    "peaceful",
    "pedantic",
    "pensive",
    "practical",
    "priceless",
    "quirky",
    "quizzical",
    "recursing",
    "relaxed",
    "reverent",
    "romantic",
    "sad",
    "serene",
    "sharp",
    "silly",
    "sleepy",
    "stoic",
    "strange",
    "stupefied",
    "suspicious",
    "sweet",
    "tender",
    "thirsty",
    "trusting",
    "unruffled",
    "upbeat",
    "vibrant",
    "vigilant",
    "vigorous",
    "wizardly",
    "wonderful",
    "xenodochial",
    "youthful",
    "zealous",
    "zen",
];

const SURNAMES: &[&str] = &[
    "agnesi",
    "alembert",
    "ampere",
    "archimedes",
    "ardinghelli",
    "aryabhata",
    "avogadro",
    "babbage",
    "banach",
    "bardeen",
    "bartik",
    "bassi",
    "becquerel",
    "bell",
    "benz",
    "bernoulli",
    "bessel",
    "bhabha",
    "bhaskara",
    "blackwell",
    "bohr",
    "boltzmann",
    "boole",
    "bose",
    "bouman",
    "boyd",
    "brahe",
    "brahmagupta",
    "brattain",
    "brown",
    "brunel",
    "cannon",
    "cantor",
    "carson",
    "carver",
    "cauchy",
    "cavendish",
    "celsius",
    "cerf",
    "chandrasekhar",
    "chatelet",
    "chebyshev",
    "clarke",
    "cohen",
    "copernicus",
    "coulomb",
    "cray",
    "curie",
    "darwin",
    "davy",
    "dewdney",
    "dijkstra",
    "diophantus",
    "dirac",
    "doppler",
    "driscoll",
    "dubinsky",
    "easley",
    "edison",
    "einstein",
    "elion",
    "engelbart",
    "eratosthenes",
    "erdos",
    "euclid",
    "euler",
    "faraday",
    "fermat",
    "fermi",
    "feynman",
    "fibonacci",
    "fleming",
    "fourier",
    "franklin",
    "fresnel",
    "galileo",
    "galois",
    "galton",
    "gauss",
    "gibbs",
    "goldberg",
    "goodall",
    "gould",
    "hamilton",
    "hawking",
    "heisenberg",
    "helmholtz",
    "herschel",
    "hertz",
    "hilbert",
    "hodgkin",
    "hopper",
    "hubble",
    "huygens",
    "hypatia",
    "jackson",
    "jang",
    "johnson",
    "joule",
    "kalam",
    "kapitza",
    "keldysh",
    "keller",
    "kepler",
    "khayyam",
    "khorana",
    "kilby",
    "kirch",
    "knuth",
    "kovalevskaya",
    "lagrange",
    "lalande",
    "lamarr",
    "lamport",
    "laplace",
    "lavoisier",
    "leakey",
    "leavitt",
    "leibniz",
    "liskov",
    "lovelace",
    "lumiere",
    "mahavira",
    "margulis",
    "maxwell",
    "mayer",
    "mccarthy",
    "mcclintock",
    "meitner",
    "mendel",
    "mendeleev",
    "minkowski",
    "mirzakhani",
    "morse",
    "moser",
    "napier",
    "nash",
    "neumann",
    "newton",
    "nightingale",
    "nobel",
    "noether",
    "ohm",
    "pare",
    "pascal",
    "pasteur",
    "payne",
    "perlman",
    "pike",
    "planck",
    "poincare",
    "ptolemy",
    "raman",
    "ramanujan",
    "rhodes",
    "ride",
    "riemann",
    "ritchie",
    "robinson",
    "roentgen",
    "rubin",
    "saha",
    "sammet",
    "shannon",
    "shaw",
    "shockley",
    "sinoussi",
    "snyder",
    "stallman",
    "stonebraker",
    "swanson",
    "tesla",
    "tharp",
    "thompson",
    "torvalds",
    "turing",
    "varahamihira",
    "villani",
    "volta",
    "watson",
    "watt",
    "wiles",
    "williams",
    "wing",
    "wozniak",
    "wright",
    "yalow",
    "yonath",
    "zhukovsky",
];

/// Makes up a name. Docker never calls Steve Wozniak boring, and neither does this.
pub fn generate(rng: &mut Rng) -> String {
    loop {
        let name = format!("{}_{}", pick(rng, ADJECTIVES), pick(rng, SURNAMES));
        if name != "boring_wozniak" {
            return name;
        }
    }
}

/// Makes up a name that `taken` does not refuse. As Docker does, it tries a few names and then
/// appends a digit to one.
pub fn generate_free(rng: &mut Rng, taken: impl Fn(&str) -> bool) -> String {
    const TRIES: usize = 6;
    let mut name = generate(rng);
    for _ in 0..TRIES {
        if !taken(&name) {
            return name;
        }
        name = generate(rng);
    }
    let mut suffix = rng.below(10);
    loop {
        let numbered = format!("{name}{suffix}");
        if !taken(&numbered) {
            return numbered;
        }
        suffix = suffix.saturating_add(1);
    }
}

/// What [`is_valid`] accepts, as error messages quote it.
pub const RULE: &str = "[a-zA-Z0-9][a-zA-Z0-9_.-]";

/// Says whether `name` may name a container: two characters or more of [`RULE`].
pub fn is_valid(name: &str) -> bool {
    name.len() >= 2
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'))
}

fn pick(rng: &mut Rng, words: &[&'static str]) -> &'static str {
    usize::try_from(rng.below(words.len() as u64))
        .ok()
        .and_then(|i| words.get(i))
        .copied()
        .unwrap_or("nameless")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_are_valid_and_repeat_with_the_seed() {
        let draw = |seed| {
            let mut rng = Rng::new(seed);
            (0..200).map(|_| generate(&mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert!(draw(3).iter().all(|n| is_valid(n) && n.split('_').count() == 2));
        let mut sorted = SURNAMES.to_vec();
        sorted.dedup();
        assert!(sorted.is_sorted() && sorted.len() == SURNAMES.len());
        assert!(SURNAMES.iter().all(|n| n.bytes().all(|c| c.is_ascii_lowercase())));
    }

    #[test]
    fn a_taken_name_is_not_given_again() {
        let name = generate_free(&mut Rng::new(1), |n| !n.ends_with('7'));
        assert!(name.ends_with('7'));
    }

    #[test]
    fn names_need_two_characters() {
        for (name, want) in
            [("x", false), ("x1", true), ("-x", false), ("a b", false), ("a.b-c_d", true), ("", false)]
        {
            assert_eq!(is_valid(name), want, "{name}");
        }
    }
}
