//! The shortest way from one list of lines to another (Myers 1986).

/// Lines `old.0..old.1` become lines `new.0..new.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// In the first file.
    pub old: (usize, usize),
    /// In the second.
    pub new: (usize, usize),
}

/// The most edits that are looked for; beyond, the differing middle is one change.
const MAX_EDITS: usize = 1500;

/// The changes between two lists, in order.
pub fn changes(a: &[Vec<u8>], b: &[Vec<u8>]) -> Vec<Change> {
    let lead = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[lead..], &b[lead..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    if a.is_empty() && b.is_empty() {
        return vec![];
    }
    let Some(steps) = path(a, b) else {
        return vec![Change { old: (lead, lead + a.len()), new: (lead, lead + b.len()) }];
    };
    let mut changes: Vec<Change> = vec![];
    for (x, y, deletes) in steps {
        let (x, y) = (x + lead, y + lead);
        let (dx, dy) = (usize::from(deletes), usize::from(!deletes));
        match changes.last_mut() {
            Some(last) if last.old.1 == x && last.new.1 == y => {
                last.old.1 += dx;
                last.new.1 += dy;
            }
            _ => changes.push(Change { old: (x, x + dx), new: (y, y + dy) }),
        }
    }
    changes
}

/// The single deletions (true) and insertions, with the places they happen at.
fn path(a: &[Vec<u8>], b: &[Vec<u8>]) -> Option<Vec<(usize, usize, bool)>> {
    let most = (a.len() + b.len()).min(MAX_EDITS);
    let offset = most as i64 + 1;
    let mut front = vec![0usize; 2 * most + 3];
    let mut trail: Vec<Vec<usize>> = vec![];
    let at = |k: i64| usize::try_from(k + offset).unwrap_or(0);
    for d in 0..=most as i64 {
        trail.push(front.clone());
        for k in (-d..=d).step_by(2) {
            let down = k == -d || k != d && front[at(k - 1)] < front[at(k + 1)];
            let mut x = if down { front[at(k + 1)] } else { front[at(k - 1)] + 1 };
            let mut y = usize::try_from(x as i64 - k).unwrap_or(0);
            while x < a.len() && y < b.len() && a[x] == b[y] {
                x += 1;
                y += 1;
            }
            front[at(k)] = x;
            if x >= a.len() && y >= b.len() {
                return Some(back(&trail, a.len(), b.len(), d, &at));
            }
        }
    }
    None
}

fn back(
    trail: &[Vec<usize>],
    x: usize,
    y: usize,
    d: i64,
    at: &impl Fn(i64) -> usize,
) -> Vec<(usize, usize, bool)> {
    let (mut x, mut y) = (x as i64, y as i64);
    let mut steps = vec![];
    for d in (1..=d).rev() {
        let Some(front) = usize::try_from(d).ok().and_then(|d| trail.get(d)) else { break };
        let k = x - y;
        let get = |k: i64| front.get(at(k)).copied().unwrap_or(0);
        let down = k == -d || k != d && get(k - 1) < get(k + 1);
        let before = if down { k + 1 } else { k - 1 };
        x = get(before) as i64;
        y = x - before;
        steps.push((usize::try_from(x).unwrap_or(0), usize::try_from(y).unwrap_or(0), !down));
    }
    steps.reverse();
    steps
}
