//! The cube: a row of small columns for each case, in memory, fed after each commit in commit order.
//!
//! A query walks the columns once. The flags that make up the figures stand in one byte, so that a group is
//! counted with one increment a case; the figures are sums over the 512 combinations afterwards.

use crate::store::Committed;
use chrono::NaiveDate;
use model::api::{Counts, Group};
use model::clock::ist_date;
use model::counts::{Dimension, Figures};
use model::lifecycle::{Case, Channel, Gender, Stage};
use model::{Reference, Time};
use serde::Serialize;
use std::collections::HashMap;

/// Day 0 of the columns.
const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(2016, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// No closing day.
const OPEN: u16 = u16::MAX;
/// Days to closing that the median tells apart; longer ones count as this.
const LONGEST: usize = 400;

const F_OPEN: u16 = 1;
const F_EMERGENCY: u16 = 2;
const F_REPORTED: u16 = 4;
const F_CONFIRMED: u16 = 8;
const F_WOMAN: u16 = 16;
const F_GENDER_KNOWN: u16 = 32;
const F_RURAL: u16 = 64;
const F_AREA_KNOWN: u16 = 128;
const F_OVERDUE: u16 = 256;
const COMBINATIONS: usize = 512;

/// The values of one dimension, numbered in the order of their appearance; 0 is "unknown".
#[derive(Debug, Clone)]
struct Column {
    codes: Vec<String>,
    numbers: HashMap<String, u16>,
    cells: Vec<u16>,
}

impl Column {
    fn new() -> Self {
        Self { codes: vec![String::new()], numbers: HashMap::from([(String::new(), 0)]), cells: Vec::new() }
    }

    fn number(&mut self, code: &str) -> u16 {
        if let Some(number) = self.numbers.get(code) {
            return *number;
        }
        let number = u16::try_from(self.codes.len()).unwrap_or(0);
        if number != 0 {
            self.codes.push(code.to_owned());
            self.numbers.insert(code.to_owned(), number);
        }
        number
    }

    fn set(&mut self, row: usize, code: &str) {
        let number = self.number(code);
        match self.cells.get_mut(row) {
            Some(cell) => *cell = number,
            None => self.cells.push(number),
        }
    }
}

/// The cube.
#[derive(Debug, Clone, Default)]
pub struct Cube {
    seq: u64,
    rows: HashMap<u64, u32>,
    references: Vec<u64>,
    columns: HashMap<Dimension, Column>,
    days: Vec<u16>,
    /// Calendar days from lodging to closing; [`OPEN`] where it is not redressed.
    took: Vec<u16>,
    /// Minutes since 1970 at which it is due; `u32::MAX` where it never is.
    due: Vec<u32>,
    flags: Vec<u8>,
}

/// A condition: all of its parts must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Dimension and code.
    pub equals: Vec<(Dimension, String)>,
    /// Lodged on this Indian day or later.
    pub since: Option<NaiveDate>,
}

impl Filter {
    /// Reads `district:307,department:PHE`; `None` where a dimension is unknown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut filter = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (dimension, code) = part.split_once(':')?;
            filter.equals.push((Dimension::from_code(dimension)?, code.to_owned()));
        }
        Some(filter)
    }
}

fn day(at: Time) -> u16 {
    u16::try_from(ist_date(at).signed_duration_since(EPOCH).num_days()).unwrap_or(0)
}

fn day_code(day: u16) -> String {
    EPOCH.checked_add_days(chrono::Days::new(u64::from(day))).map(|day| day.to_string()).unwrap_or_default()
}

fn minutes(at: Time) -> u32 {
    u32::try_from(at.timestamp().div_euclid(60)).unwrap_or(0)
}

fn code<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn number<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The codes of a case, by dimension; the day stands in a column of its own.
fn codes(case: &Case) -> [(Dimension, String); 10] {
    let area = match case.urban {
        Some(true) => "urban",
        Some(false) => "rural",
        None => "",
    };
    [
        (Dimension::District, number(case.district)),
        (Dimension::Place, number(case.place)),
        (Dimension::Department, case.department.clone().unwrap_or_default()),
        (Dimension::Office, number(case.office)),
        (Dimension::Category, case.category.clone().unwrap_or_default()),
        (Dimension::Stage, code(&case.stage)),
        (Dimension::Channel, code::<Channel>(&case.channel)),
        (Dimension::Gender, code::<Gender>(&case.gender)),
        (Dimension::Area, area.to_owned()),
        (Dimension::Lane, code(&case.lane)),
    ]
}

fn flags(case: &Case) -> u8 {
    let all = [
        (F_OPEN, case.stage.is_open()),
        (F_EMERGENCY, case.lane.is_emergency()),
        (F_REPORTED, case.reported_done),
        (F_CONFIRMED, case.stage == Stage::Redressed),
        (F_WOMAN, case.gender == Gender::Woman),
        (F_GENDER_KNOWN, case.gender != Gender::Unstated),
        (F_RURAL, case.urban == Some(false)),
        (F_AREA_KNOWN, case.urban.is_some()),
    ];
    let sum: u16 = all.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag).sum();
    u8::try_from(sum).unwrap_or(0)
}

fn put<T: Copy>(column: &mut Vec<T>, row: usize, value: T) {
    match column.get_mut(row) {
        Some(cell) => *cell = value,
        None => column.push(value),
    }
}

impl Cube {
    /// Takes a case as it is now into account.
    pub fn put(&mut self, seq: u64, case: &Case, due: Option<Time>) {
        self.seq = self.seq.max(seq);
        let reference = case.reference.as_u64();
        let next = u32::try_from(self.references.len()).unwrap_or(u32::MAX);
        let row = *self.rows.entry(reference).or_insert(next) as usize;
        put(&mut self.references, row, reference);
        for (dimension, code) in codes(case) {
            self.columns.entry(dimension).or_insert_with(Column::new).set(row, &code);
        }
        put(&mut self.days, row, day(case.lodged_at));
        let took = match (case.stage, case.closed_at) {
            (Stage::Redressed, Some(closed)) => day(closed).saturating_sub(day(case.lodged_at)),
            _ => OPEN,
        };
        put(&mut self.took, row, took);
        put(&mut self.due, row, due.map_or(u32::MAX, minutes));
        put(&mut self.flags, row, flags(case));
    }

    /// Takes a commit into account.
    pub fn follow(&mut self, committed: &[Committed]) {
        for change in committed {
            self.put(change.seq, &change.case, change.due);
        }
    }

    /// The last ledger entry that it reflects.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Says that it reflects the ledger up to here, after it was filled at the start.
    pub fn reflects(&mut self, seq: u64) {
        self.seq = seq;
    }

    /// How many cases it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.references.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.references.is_empty()
    }

    /// The rows that a filter lets through, told one by one.
    fn each(&self, filter: &Filter, mut tell: impl FnMut(usize)) {
        let mut wanted: Vec<(&[u16], u16)> = Vec::new();
        let mut only_day = None;
        for (dimension, code) in &filter.equals {
            if *dimension == Dimension::Day {
                only_day = code
                    .parse::<NaiveDate>()
                    .ok()
                    .map(|day| u16::try_from(day.signed_duration_since(EPOCH).num_days()).unwrap_or(0));
                if only_day.is_none() {
                    return;
                }
                continue;
            }
            let Some(column) = self.columns.get(dimension) else { return };
            let Some(number) = column.numbers.get(code) else { return };
            wanted.push((&column.cells, *number));
        }
        let since =
            filter.since.map_or(0, |since| u16::try_from(since.signed_duration_since(EPOCH).num_days()).unwrap_or(0));
        for (row, day) in self.days.iter().enumerate() {
            let holds = *day >= since
                && only_day.is_none_or(|only| only == *day)
                && wanted.iter().all(|(cells, number)| cells.get(row) == Some(number));
            if holds {
                tell(row);
            }
        }
    }

    /// The figures of a slice, grouped by a dimension where one is given.
    #[must_use]
    pub fn count(&self, filter: &Filter, by: Option<Dimension>, now: Time) -> Counts {
        let now_minutes = minutes(now);
        let (groups, keys): (Option<&[u16]>, Vec<String>) = match by {
            None => (None, vec![String::new()]),
            Some(Dimension::Day) => {
                let last = self.days.iter().copied().max().unwrap_or(0);
                (Some(&self.days), (0..=last).map(day_code).collect())
            }
            Some(dimension) => match self.columns.get(&dimension) {
                Some(column) => (Some(&column.cells), column.codes.clone()),
                None => (None, vec![String::new()]),
            },
        };
        let mut tally = Tally::new(keys.len());
        self.each(filter, |row| {
            let group = groups.and_then(|cells| cells.get(row)).copied().unwrap_or(0);
            let flags = u16::from(self.flags.get(row).copied().unwrap_or(0));
            let due = self.due.get(row).copied().unwrap_or(u32::MAX);
            let overdue = if due < now_minutes && flags & F_OPEN != 0 { F_OVERDUE } else { 0 };
            tally.add(usize::from(group), flags | overdue, self.took.get(row).copied().unwrap_or(OPEN));
        });
        let mut total = Tally::new(1);
        for group in 0..keys.len() {
            total.merge(&tally, group);
        }
        let mut groups: Vec<Group> = keys
            .into_iter()
            .enumerate()
            .map(|(group, key)| Group { key, figures: tally.figures(group) })
            .filter(|group| by.is_some() && group.figures.lodged > 0)
            .collect();
        if by != Some(Dimension::Day) {
            groups.sort_by(|a, b| b.figures.lodged.cmp(&a.figures.lodged).then_with(|| a.key.cmp(&b.key)));
        }
        Counts { seq: self.seq, as_of: Some(now), total: total.figures(0), groups }
    }

    /// The cases of a slice, newest row first, from a position on; with the number of all.
    #[must_use]
    pub fn references(&self, filter: &Filter, from: usize, limit: usize) -> (Vec<Reference>, usize) {
        let mut rows = Vec::new();
        self.each(filter, |row| rows.push((self.days.get(row).copied().unwrap_or(0), row)));
        rows.sort_unstable_by(|a, b| b.cmp(a));
        let references = rows
            .iter()
            .skip(from)
            .take(limit)
            .filter_map(|(_, row)| self.references.get(*row).copied().map(Reference::from_stored))
            .collect();
        (references, rows.len())
    }

    /// What differs between this cube and another, in figures by every dimension; empty where they are equal.
    #[must_use]
    pub fn differences(&self, other: &Self, now: Time) -> Vec<String> {
        let sorted = |cube: &Self, by| {
            let mut groups = cube.count(&Filter::default(), Some(by), now).groups;
            groups.sort_by(|a, b| a.key.cmp(&b.key));
            groups
        };
        Dimension::ALL
            .into_iter()
            .filter(|by| sorted(self, *by) != sorted(other, *by))
            .map(|by| format!("the counts by {} differ from a recount", by.code()))
            .collect()
    }
}

/// Counts of the combinations of flags, and days to closing, for each group.
struct Tally {
    combinations: Vec<u32>,
    took: Vec<u32>,
}

impl Tally {
    fn new(groups: usize) -> Self {
        Self { combinations: vec![0; groups * COMBINATIONS], took: vec![0; groups * (LONGEST + 1)] }
    }

    #[inline]
    fn add(&mut self, group: usize, flags: u16, took: u16) {
        if let Some(count) = self.combinations.get_mut(group * COMBINATIONS + usize::from(flags)) {
            *count += 1;
        }
        if took != OPEN
            && let Some(count) = self.took.get_mut(group * (LONGEST + 1) + usize::from(took).min(LONGEST))
        {
            *count += 1;
        }
    }

    fn slice(column: &[u32], group: usize, width: usize) -> &[u32] {
        column.get(group * width..(group + 1) * width).unwrap_or_default()
    }

    fn merge(&mut self, other: &Self, group: usize) {
        for (sum, count) in self.combinations.iter_mut().zip(Self::slice(&other.combinations, group, COMBINATIONS)) {
            *sum += count;
        }
        for (sum, count) in self.took.iter_mut().zip(Self::slice(&other.took, group, LONGEST + 1)) {
            *sum += count;
        }
    }

    fn figures(&self, group: usize) -> Figures {
        let counts = Self::slice(&self.combinations, group, COMBINATIONS);
        let sum = |mask: u16| -> u32 {
            counts.iter().zip(0u16..).filter(|(_, flags)| flags & mask == mask).map(|(count, _)| *count).sum()
        };
        let took = Self::slice(&self.took, group, LONGEST + 1);
        let closed: u32 = took.iter().sum();
        let mut seen = 0;
        let median = took.iter().position(|count| {
            seen += count;
            seen * 2 >= closed
        });
        Figures {
            lodged: counts.iter().sum(),
            open: sum(F_OPEN),
            overdue: sum(F_OVERDUE),
            emergencies: sum(F_OPEN | F_EMERGENCY),
            closed_by_offices: sum(F_REPORTED),
            confirmed_by_citizens: sum(F_CONFIRMED),
            median_days: median.filter(|_| closed > 0).and_then(|days| u16::try_from(days).ok()),
            women: sum(F_WOMAN),
            gender_known: sum(F_GENDER_KNOWN),
            rural: sum(F_RURAL),
            area_known: sum(F_AREA_KNOWN),
        }
    }
}
