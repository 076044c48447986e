//! `Date`, in the time zone UTC, which is that of containers.

use super::super::realm;
use super::super::value::{Kind, Object, Value};
use super::super::vm::{Res, Vm};
use super::{Entry, arg, entry_of};
use crate::kernel::Sys;

macro_rules! parts {
    ($($name:literal => $run:expr),+ $(,)?) => {
        pub const TABLE: &[Entry] = &[
            $(
                entry_of(concat!("Date.prototype.get", $name), 0, |vm, _, this, _| part(vm, this, $run)),
                entry_of(concat!("Date.prototype.getUTC", $name), 0, |vm, _, this, _| part(vm, this, $run)),
            )+
            entry_of("Date", 7, date),
            entry_of("Date.now", 0, |_, sys, _, _| Ok(Value::Num(now(sys)))),
            entry_of("Date.parse", 1, |vm, _, _, a| Ok(Value::Num(parse(&vm.text(arg(a, 0))?)))),
            entry_of("Date.UTC", 7, |vm, _, _, a| from_parts(vm, a).map(Value::Num)),
            entry_of("Date.prototype.getTime", 0, |vm, _, this, _| time(vm, this).map(Value::Num)),
            entry_of("Date.prototype.valueOf", 0, |vm, _, this, _| time(vm, this).map(Value::Num)),
            entry_of("Date.prototype.getTimezoneOffset", 0, |_, _, _, _| Ok(Value::Num(0.0))),
            entry_of("Date.prototype.setTime", 1, |vm, _, this, a| {
                let time = vm.number(arg(a, 0))?;
                set(vm, this, time)
            }),
            entry_of("Date.prototype.toISOString", 0, |vm, _, this, _| match iso(time(vm, this)?) {
                Some(text) => Ok(text.into()),
                None => vm.range_error("Invalid time value"),
            }),
            entry_of("Date.prototype.toJSON", 1, |vm, _, this, _| Ok(iso(time(vm, this)?).map_or(Value::Null, Value::from))),
            entry_of("Date.prototype.toString", 0, |vm, _, this, _| shown(vm, this, |c| format!("{} {} GMT+0000 (Coordinated Universal Time)", c.day_text(), c.clock()))),
            entry_of("Date.prototype.toDateString", 0, |vm, _, this, _| shown(vm, this, Civil::day_text)),
            entry_of("Date.prototype.toTimeString", 0, |vm, _, this, _| shown(vm, this, |c| format!("{} GMT+0000 (Coordinated Universal Time)", c.clock()))),
            entry_of("Date.prototype.toUTCString", 0, |vm, _, this, _| shown(vm, this, |c| {
                format!("{}, {:02} {} {:04} {} GMT", DAYS[c.weekday], c.day, MONTHS[c.month], c.year, c.clock())
            })),
            entry_of("Date.prototype.toLocaleDateString", 0, |vm, _, this, a| local(vm, this, a, |c| format!("{}/{}/{}", c.month + 1, c.day, c.year))),
            entry_of("Date.prototype.toLocaleTimeString", 0, |vm, _, this, a| local(vm, this, a, Civil::local_clock)),
            entry_of("Date.prototype.toLocaleString", 0, |vm, _, this, a| local(vm, this, a, |c| {
                format!("{}/{}/{}, {}", c.month + 1, c.day, c.year, c.local_clock())
            })),
            entry_of("%setDatePart", 3, set_part),
        ];
    };
}

parts! {
    "FullYear" => |c| c.year as f64,
    "Month" => |c| c.month as f64,
    "Date" => |c| f64::from(c.day),
    "Day" => |c| c.weekday as f64,
    "Hours" => |c| c.hour as f64,
    "Minutes" => |c| c.minute as f64,
    "Seconds" => |c| c.second as f64,
    "Milliseconds" => |c| c.milli as f64,
}

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY: i64 = 86_400_000;

#[derive(Debug, Clone, Copy)]
struct Civil {
    year: i64,
    month: usize,
    day: u32,
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
    milli: i64,
}

impl Civil {
    /// The parts of a time in milliseconds; by the well-known day count of the Gregorian calendar.
    fn of(time: f64) -> Self {
        let millis = time as i64;
        let (days, rest) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = (mp + 2) % 12;
        Self {
            year: yoe + era * 400 + i64::from(month < 2),
            month: month as usize,
            day: (doy - (153 * mp + 2) / 5 + 1) as u32,
            weekday: (days + 4).rem_euclid(7) as usize,
            hour: rest / 3_600_000,
            minute: rest / 60_000 % 60,
            second: rest / 1000 % 60,
            milli: rest % 1000,
        }
    }

    fn day_text(self) -> String {
        format!("{} {} {:02} {:04}", DAYS[self.weekday], MONTHS[self.month], self.day, self.year)
    }

    fn clock(self) -> String {
        format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }

    fn local_clock(self) -> String {
        let half = if self.hour < 12 { "AM" } else { "PM" };
        format!("{}:{:02}:{:02} {half}", (self.hour + 11) % 12 + 1, self.minute, self.second)
    }
}

/// Milliseconds of year, month, day … with parts that may overflow.
fn millis(parts: [f64; 7]) -> f64 {
    if parts.iter().any(|p| !p.is_finite() || p.abs() > 1e9) {
        return f64::NAN;
    }
    let [year, month, day, hour, minute, second, milli] = parts.map(|p| p.trunc() as i64);
    let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12));
    let y = if month < 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (month + 10) % 12;
    let doy = (153 * mp + 2) / 5;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    let days = era * 146_097 + doe - 719_468 + day - 1;
    ((days * DAY) as f64) + (hour * 3_600_000 + minute * 60_000 + second * 1000 + milli) as f64
}

fn now(sys: &Sys<'_>) -> f64 {
    (sys.now().0 / 1_000_000) as f64
}

/// `2026-11-21T01:02:03.004Z`; nothing for an invalid time.
pub fn iso(time: f64) -> Option<String> {
    if !time.is_finite() {
        return None;
    }
    let c = Civil::of(time);
    let year = if (0..10_000).contains(&c.year) {
        format!("{:04}", c.year)
    } else {
        format!("{}{:06}", if c.year < 0 { '-' } else { '+' }, c.year.abs())
    };
    Some(format!("{year}-{:02}-{:02}T{}.{:03}Z", c.month + 1, c.day, c.clock(), c.milli))
}

fn time(vm: &mut Vm, this: &Value) -> Res<f64> {
    match this.object().map(|id| &vm.heap.get(id).kind) {
        Some(Kind::Date(time)) => Ok(*time),
        _ => vm.type_error("this is not a Date object."),
    }
}

fn set(vm: &mut Vm, this: &Value, new: f64) -> Res<Value> {
    let new = if new.abs() > 8.64e15 { f64::NAN } else { new.trunc() };
    if let Some(Kind::Date(time)) = this.object().map(|id| &mut vm.heap.get_mut(id).kind) {
        *time = new;
    }
    Ok(Value::Num(new))
}

fn part(vm: &mut Vm, this: &Value, run: fn(Civil) -> f64) -> Res<Value> {
    let time = time(vm, this)?;
    Ok(Value::Num(if time.is_nan() { f64::NAN } else { run(Civil::of(time)) }))
}

fn shown(vm: &mut Vm, this: &Value, run: fn(Civil) -> String) -> Res<Value> {
    let time = time(vm, this)?;
    Ok(if time.is_nan() { Value::text("Invalid Date") } else { run(Civil::of(time)).into() })
}

/// The forms of `en-US`; others are not simulated.
fn local(vm: &mut Vm, this: &Value, args: &[Value], run: fn(Civil) -> String) -> Res<Value> {
    let known = match arg(args, 0) {
        Value::Undefined => true,
        Value::Str(locale) => &**locale == "en-US",
        _ => false,
    };
    if !known || args.len() > 1 {
        return Err(super::super::vm::Trap::Missing(
            "dates of other locales than en-US, or with options".into(),
        ));
    }
    shown(vm, this, run)
}

fn from_parts(vm: &mut Vm, args: &[Value]) -> Res<f64> {
    let mut parts = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    for (slot, value) in parts.iter_mut().zip(args) {
        *slot = vm.number(value)?;
    }
    if (0.0..=99.0).contains(&parts[0]) {
        parts[0] += 1900.0;
    }
    Ok(millis(parts))
}

fn date(vm: &mut Vm, sys: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let time = match args {
        [] => now(sys),
        [Value::Obj(id)] if matches!(vm.heap.get(*id).kind, Kind::Date(_)) => time(vm, &args[0])?,
        [Value::Str(text)] => parse(text),
        [value] => vm.number(value)?.trunc(),
        parts => from_parts(vm, parts)?,
    };
    let proto = super::promises::new_proto(vm, realm::DATE);
    let called = vm.native_new.is_none();
    let id = vm.heap.add(Object::of(proto, Kind::Date(time)));
    if called {
        return shown(vm, &Value::Obj(id), |c| {
            format!("{} {} GMT+0000 (Coordinated Universal Time)", c.day_text(), c.clock())
        });
    }
    Ok(Value::Obj(id))
}

/// `2026-11-21`, `2026-11-21T01:02:03.004Z` with offsets, `Nov 21, 2026 01:02:03`.
fn parse(text: &str) -> f64 {
    let numbers: Vec<f64> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|t| !t.is_empty())
        .map(|t| t.parse().unwrap_or(f64::NAN))
        .collect();
    let get = |at: usize, missing: f64| numbers.get(at).copied().unwrap_or(missing);
    let iso_like = text.len() >= 4 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    if iso_like {
        let (month, day) = (get(1, 1.0), get(2, 1.0));
        let fraction = text.split_once('.').map_or(0.0, |(_, f)| {
            let digits: String = f.chars().take_while(char::is_ascii_digit).collect();
            format!("0.{digits}").parse::<f64>().unwrap_or(0.0) * 1000.0
        });
        if !(1.0..=12.0).contains(&month) || !(1.0..=31.0).contains(&day) || get(3, 0.0) > 24.0 {
            return f64::NAN;
        }
        let zone = text.get(10..).and_then(|t| t.rfind(['+', '-']).map(|at| &t[at..]));
        let offset = zone.map_or(0.0, |z| {
            let digits: Vec<f64> = z[1..].split(':').map(|p| p.parse().unwrap_or(0.0)).collect();
            let minutes = digits.first().unwrap_or(&0.0) * 60.0 + digits.get(1).unwrap_or(&0.0);
            if z.starts_with('-') { -minutes } else { minutes }
        });
        let second = if text.matches(':').count() >= 2 || zone.is_none() { get(5, 0.0) } else { 0.0 };
        return millis([get(0, 0.0), month - 1.0, day, get(3, 0.0), get(4, 0.0), second, fraction.trunc()])
            - offset * 60_000.0;
    }
    let month = MONTHS.iter().position(|m| text.contains(m));
    match (month, &numbers[..]) {
        (Some(month), [day, year, rest @ ..]) => {
            let at = |i: usize| rest.get(i).copied().unwrap_or(0.0);
            millis([*year, month as f64, *day, at(0), at(1), at(2), 0.0])
        }
        _ => f64::NAN,
    }
}

/// Date, number of the part from the year on, value.
fn set_part(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let old = time(vm, arg(args, 0))?;
    let c = Civil::of(if old.is_nan() { 0.0 } else { old });
    let mut parts = [
        c.year as f64,
        c.month as f64,
        f64::from(c.day),
        c.hour as f64,
        c.minute as f64,
        c.second as f64,
        c.milli as f64,
    ];
    let first = vm.whole(arg(args, 1))? as usize;
    for (at, value) in args.iter().skip(2).enumerate() {
        if let Some(slot) = parts.get_mut(first + at) {
            *slot = vm.number(value)?;
        }
    }
    set(vm, arg(args, 0), millis(parts))
}
