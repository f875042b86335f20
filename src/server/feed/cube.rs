//! The cube: a row of small columns for each case, in memory, in the order of lodging.
//!
//! A query walks the columns once. The flags that make up the figures stand in one number, so that a case is counted
//! with one increment; the figures are sums over the combinations of flags afterwards.

use crate::store::{self, Changed};
use chrono::NaiveDate;
use model::Time;
use model::clock::ist_date;
use model::counts::{Dimension, Figures, Filter};
use model::lifecycle::{Case, Gender, Stage};
use model::names::code_of;
use model::wire::{Counts, Group, OfficeFigures};
use std::collections::HashMap;

/// Day 0 of the columns.
const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(2016, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// Not redressed: no days to closing.
const OPEN: u16 = u16::MAX;
/// Days to closing that the median distinguishes; longer times count as this.
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
const F_EXPLAINED: u16 = 512;
const F_PARTLY: u16 = 1024;
const COMBINATIONS: usize = 2048;
/// Of no figure that is grouped: the citizen has said "not done", reopened it or appealed. Bit 11 is the tally's.
const F_DENIED: u16 = 1 << 12;
/// As above: closed because the citizen was not reached.
const F_UNREACHED: u16 = 1 << 13;
/// As above: the office that has it, or had it last, reported first.
const F_REPORTER: u16 = 1 << 14;
/// As above: the citizen was asked about a report.
const F_ASKED: u16 = 1 << 15;
/// The flags that make up the grouped figures.
const IN_FIGURES: u16 = 2047;

/// The values of one dimension, numbered in the order of their appearance; 0 is "unknown". Values after the 65,535th
/// count as unknown.
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
        put(&mut self.cells, row, number);
    }
}

/// The cube. The row of a case is its ordinal minus 1.
#[derive(Debug, Clone, Default)]
pub struct Cube {
    seq: u64,
    columns: HashMap<Dimension, Column>,
    days: Vec<u16>,
    /// Calendar days from lodging to closing; [`OPEN`] where it is not redressed.
    took: Vec<u16>,
    /// Minute since 1970 at which it is due; `u32::MAX` where it has no due date.
    due: Vec<u32>,
    flags: Vec<u16>,
    /// The office that reported first, by its number in the column of offices, where it is not the one that has the case: few.
    elsewhere: HashMap<u32, u16>,
}

/// A part of the cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slice {
    /// Conditions.
    pub filter: Filter,
    /// Only cases lodged on this day (IST) or later; `None` for all.
    pub since: Option<NaiveDate>,
}

fn day(at: Time) -> u16 {
    day_number(ist_date(at))
}

fn day_number(day: NaiveDate) -> u16 {
    u16::try_from(day.signed_duration_since(EPOCH).num_days()).unwrap_or(0)
}

fn day_code(day: u16) -> String {
    EPOCH.checked_add_days(chrono::Days::new(u64::from(day))).map(|day| day.to_string()).unwrap_or_default()
}

fn minutes(at: Time) -> u32 {
    u32::try_from(at.timestamp().div_euclid(60)).unwrap_or(0)
}

fn number<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The codes of a case for each dimension but the day, which has a column of its own.
fn codes(case: &Case) -> [(Dimension, String); 10] {
    let area = match case.urban {
        Some(true) => "urban",
        Some(false) => "rural",
        None => "",
    };
    [
        (Dimension::District, number(case.district)),
        (Dimension::Place, number(case.place)),
        (Dimension::Department, case.department.clone().map(String::from).unwrap_or_default()),
        (Dimension::Office, number(case.office)),
        (Dimension::Category, case.category.clone().map(String::from).unwrap_or_default()),
        (Dimension::Stage, code_of(&case.stage).to_owned()),
        (Dimension::Channel, code_of(&case.channel).to_owned()),
        (Dimension::Gender, code_of(&case.gender).to_owned()),
        (Dimension::Area, area.to_owned()),
        (Dimension::Lane, code_of(&case.lane).to_owned()),
    ]
}

fn flags(case: &Case) -> u16 {
    let all = [
        (F_OPEN, case.stage.is_open()),
        (F_EMERGENCY, case.lane.is_emergency() && case.stage.is_open()),
        (F_REPORTED, case.reported_done),
        (F_CONFIRMED, case.stage == Stage::Redressed),
        (F_WOMAN, case.gender == Gender::Woman),
        (F_GENDER_KNOWN, case.gender != Gender::Unstated),
        (F_RURAL, case.urban == Some(false)),
        (F_AREA_KNOWN, case.urban.is_some()),
        (F_EXPLAINED, case.stage == Stage::Explained),
        (F_PARTLY, case.partly_done && case.stage.is_open()),
        (F_DENIED, case.disputes > 0 || case.reopened > 0 || case.appealed),
        (F_UNREACHED, case.stage == Stage::ClosedUnconfirmed),
        (F_ASKED, case.reports > 0),
        (F_REPORTER, case.reported_by.is_some() && case.reported_by == case.office),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag).sum()
}

/// Sets a cell; new rows before it are filled with the default. A column grows by a sixteenth instead of doubling,
/// since there may be tens of millions of cells.
fn put<T: Copy + Default>(column: &mut Vec<T>, row: usize, value: T) {
    if row >= column.len() {
        if row >= column.capacity() {
            column.reserve_exact((row + 1 - column.len()).max(1_024).max(row / 16));
        }
        column.resize(row + 1, T::default());
    }
    if let Some(cell) = column.get_mut(row) {
        *cell = value;
    }
}

impl Cube {
    /// Sets the row of a case. `ordinal` is its place in the order of lodging, from 1.
    pub fn put(&mut self, ordinal: u64, case: &Case, due: Option<Time>) {
        let Some(row) = ordinal.checked_sub(1).and_then(|row| usize::try_from(row).ok()) else { return };
        for (dimension, code) in codes(case) {
            self.columns.entry(dimension).or_insert_with(Column::new).set(row, &code);
        }
        let key = u32::try_from(row).unwrap_or(u32::MAX);
        match case.reported_by.filter(|_| case.reported_by != case.office) {
            Some(office) => {
                let offices = self.columns.entry(Dimension::Office).or_insert_with(Column::new);
                self.elsewhere.insert(key, offices.number(&office.to_string()));
            }
            None => drop(self.elsewhere.remove(&key)),
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

    /// Applies changes in their order.
    pub fn follow(&mut self, changes: &[Changed]) {
        for Changed { seq, ordinal, case, due, .. } in changes {
            self.seq = self.seq.max(*seq);
            self.put(*ordinal, case, *due);
        }
    }

    /// Number of the last ledger entry that it includes.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Sets the last ledger entry that it includes, after it was filled at the start.
    pub fn reflects(&mut self, seq: u64) {
        self.seq = seq;
    }

    /// Whether a case has a limit that ends in this span: from (inclusive), to; `None` for no bound. To the minute.
    #[must_use]
    pub fn is_due(&self, ordinal: u64, (from, to): (Option<Time>, Option<Time>)) -> bool {
        let row = ordinal.checked_sub(1).and_then(|row| usize::try_from(row).ok());
        let due = row.and_then(|row| self.due.get(row)).copied();
        due.is_some_and(|due| from.is_none_or(|from| minutes(from) <= due) && to.is_none_or(|to| due < minutes(to)))
    }

    /// Number of cases.
    #[must_use]
    pub fn len(&self) -> usize {
        self.flags.len()
    }

    /// Whether it has no cases.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }

    /// The rows that match a slice; `None` where all do.
    fn rows(&self, slice: &Slice) -> Option<Vec<u32>> {
        let mut wanted: Vec<(&[u16], u16)> = Vec::new();
        for (dimension, code) in slice.filter.conditions() {
            let (cells, number) = match dimension {
                Dimension::Day => (self.days.as_slice(), code.parse().ok().map(day_number)),
                _ => match self.columns.get(&dimension) {
                    Some(column) => (column.cells.as_slice(), column.numbers.get(code).copied()),
                    None => return Some(Vec::new()),
                },
            };
            // No case has this code.
            let Some(number) = number else { return Some(Vec::new()) };
            wanted.push((cells, number));
        }
        let since = slice.since.map(day_number);
        let numbered = |(row, _): (usize, _)| u32::try_from(row).unwrap_or(u32::MAX);
        let narrowed = |rows: Vec<u32>, holds: &dyn Fn(usize) -> bool| -> Vec<u32> {
            rows.into_iter().filter(|row| holds(*row as usize)).collect()
        };
        let mut wanted = wanted.into_iter();
        // The first condition walks its column, the others only the rows that are left.
        let mut rows: Vec<u32> = match (wanted.next(), since) {
            (None, None) => return None,
            (None, Some(since)) => {
                return Some(self.days.iter().enumerate().filter(|(_, day)| **day >= since).map(numbered).collect());
            }
            (Some((cells, number)), _) => {
                cells.iter().enumerate().filter(|(_, cell)| **cell == number).map(numbered).collect()
            }
        };
        for (cells, number) in wanted {
            rows = narrowed(rows, &|row| cells.get(row) == Some(&number));
        }
        if let Some(since) = since {
            rows = narrowed(rows, &|row| self.days.get(row).is_some_and(|day| *day >= since));
        }
        Some(rows)
    }

    /// The figures of a slice, grouped by a dimension where one is given. The period limits the flow; the stock is of
    /// all cases, except that in groups of days it is of the cases lodged on that day.
    #[must_use]
    pub fn count(&self, slice: &Slice, by: Option<Dimension>, now: Time) -> Counts {
        let mut counts = self.tally(slice, by, now);
        if slice.since.is_none() {
            return counts;
        }
        let by = by.filter(|by| *by != Dimension::Day);
        let all = self.tally(&Slice { since: None, ..slice.clone() }, by, now);
        counts.total = counts.total.with_stock_of(&all.total);
        if by.is_some() {
            let mut lodged: HashMap<String, Figures> =
                counts.groups.drain(..).map(|group| (group.key, group.figures)).collect();
            let groups = all.groups.into_iter().map(|Group { key, figures }| {
                let figures = lodged.remove(&key).unwrap_or_default().with_stock_of(&figures);
                Group { key, figures }
            });
            counts.groups = groups.filter(|group| group.figures.lodged > 0 || group.figures.open > 0).collect();
            largest_first(&mut counts.groups);
        }
        counts
    }

    fn tally(&self, slice: &Slice, by: Option<Dimension>, now: Time) -> Counts {
        let now_minutes = minutes(now);
        let mut first_day = 0;
        let (groups, keys): (Option<&[u16]>, Vec<String>) = match by {
            None => (None, vec![String::new()]),
            Some(Dimension::Day) => {
                let last = self.days.iter().copied().max().unwrap_or(0);
                first_day =
                    slice.since.map_or(0, day_number).max(self.days.iter().copied().min().unwrap_or(0)).min(last);
                (Some(&self.days), (first_day..=last).map(day_code).collect())
            }
            Some(dimension) => match self.columns.get(&dimension) {
                Some(column) => (Some(&column.cells), column.codes.clone()),
                None => (None, vec![String::new()]),
            },
        };
        let add = |tally: &mut Tally, group: u16, flags: u16, due: u32, took: u16| {
            let overdue = if due < now_minutes { (flags & F_OPEN) * F_OVERDUE } else { 0 };
            tally.add(usize::from(group), flags & IN_FIGURES | overdue, took);
        };
        let tally = match self.rows(slice) {
            None => in_halves(self.flags.len(), |range| {
                let mut tally = Tally::new(keys.len());
                let (flags, due, took) = (part(&self.flags, &range), part(&self.due, &range), part(&self.took, &range));
                let cases = flags.iter().zip(due).zip(took);
                match groups {
                    Some(groups) => {
                        for (((flags, due), took), group) in cases.zip(part(groups, &range)) {
                            add(&mut tally, group - first_day, *flags, *due, *took);
                        }
                    }
                    None => cases.for_each(|((flags, due), took)| add(&mut tally, 0, *flags, *due, *took)),
                }
                tally
            }),
            Some(rows) => {
                let mut tally = Tally::new(keys.len());
                for row in rows.into_iter().map(|row| row as usize) {
                    let group = groups.map_or(Some(0), |groups| groups.get(row).map(|group| group - first_day));
                    let case = (group, self.flags.get(row), self.due.get(row), self.took.get(row));
                    if let (Some(group), Some(flags), Some(due), Some(took)) = case {
                        add(&mut tally, group, *flags, *due, *took);
                    }
                }
                tally
            }
        };
        let total = tally.total();
        let mut groups: Vec<Group> = keys
            .into_iter()
            .enumerate()
            .map(|(group, key)| Group { key, figures: tally.figures(group) })
            .filter(|group| by.is_some() && group.figures.lodged > 0)
            .collect();
        if by != Some(Dimension::Day) {
            largest_first(&mut groups);
        }
        Counts { seq: self.seq, as_of: Some(now), total: total.figures(0), groups }
    }

    /// The office that reported first, by its number in the column of offices; 0 for none.
    fn reporter(&self, row: usize) -> u16 {
        let here = self.flags.get(row).is_some_and(|flags| flags & F_REPORTER != 0);
        let cells = self.columns.get(&Dimension::Office).map(|column| column.cells.get(row)).filter(|_| here).flatten();
        let elsewhere = || u32::try_from(row).ok().and_then(|row| self.elsewhere.get(&row));
        cells.or_else(elsewhere).copied().unwrap_or(0)
    }

    /// What waits at each office of a department, and what became of its first reports, by the office's number; that of the
    /// department's own desk is empty. `is_own` tells its offices by their number: what one of them reported first counts also
    /// where another department has the case now. The period, from this day on (IST), limits all but what waits.
    #[must_use]
    pub fn offices(
        &self,
        department: &str,
        is_own: impl Fn(&str) -> bool,
        since: Option<NaiveDate>,
        now: Time,
    ) -> HashMap<&str, OfficeFigures> {
        let filter = Filter::default().and(Dimension::Department, department);
        let rows = self.rows(&Slice { filter, since: None }).unwrap_or_default();
        let (today, since, now) = (day(now), since.map_or(0, day_number), minutes(now));
        let mut offices: HashMap<&str, OfficeFigures> = HashMap::new();
        let Some(column) = self.columns.get(&Dimension::Office) else { return offices };
        let code = |number: u16| column.codes.get(usize::from(number)).map_or("", String::as_str);
        for row in rows.into_iter().map(|row| row as usize) {
            let case = (column.cells.get(row), self.flags.get(row), self.days.get(row), self.due.get(row));
            let (Some(office), Some(flags), Some(lodged), Some(due)) = case else { continue };
            if flags & F_OPEN != 0 {
                add_open(offices.entry(code(*office)).or_default(), today.saturating_sub(*lodged), *due < now);
            }
            let here = if flags & F_REPORTER == 0 { 0 } else { *office };
            let is_elsewhere = u32::try_from(row).is_ok_and(|row| self.elsewhere.contains_key(&row));
            if *lodged >= since && !is_elsewhere {
                add_reported(offices.entry(code(here)).or_default(), *flags);
            }
        }
        for (row, office) in &self.elsewhere {
            let case = self.flags.get(*row as usize).zip(self.days.get(*row as usize));
            let Some((flags, _)) = case.filter(|(_, lodged)| **lodged >= since && is_own(code(*office))) else {
                continue;
            };
            add_reported(offices.entry(code(*office)).or_default(), *flags);
        }
        offices
    }

    /// The ordinals of a slice's cases, newest first, `limit` of them from position `from`; and the number of all.
    #[must_use]
    pub fn ordinals(&self, slice: &Slice, from: usize, limit: usize) -> (Vec<u64>, usize) {
        match self.rows(slice) {
            None => {
                let all = self.len();
                ((0..all as u64).rev().skip(from).take(limit).map(|row| row + 1).collect(), all)
            }
            Some(rows) => {
                (rows.iter().rev().skip(from).take(limit).map(|row| u64::from(*row) + 1).collect(), rows.len())
            }
        }
    }

    /// Names of the columns in which a case's row differs from the case.
    #[must_use]
    pub fn faults(&self, ordinal: u64, case: &Case, due: Option<Time>) -> Vec<&'static str> {
        let mut expected = Self::default();
        expected.put(1, case, due);
        let row = usize::try_from(ordinal.saturating_sub(1)).unwrap_or(usize::MAX);
        let mut faults = Vec::new();
        let of = |cube: &Self, dimension: Dimension, row: usize| -> Option<String> {
            let column = cube.columns.get(&dimension)?;
            column.codes.get(usize::from(*column.cells.get(row)?)).cloned()
        };
        let reporter = |cube: &Self, row: usize| -> Option<String> {
            let column = cube.columns.get(&Dimension::Office)?;
            column.codes.get(usize::from(cube.reporter(row))).cloned()
        };
        for dimension in Dimension::ALL.into_iter().filter(|dimension| *dimension != Dimension::Day) {
            if of(self, dimension, row) != of(&expected, dimension, 0) {
                faults.push(code_of(&dimension));
            }
        }
        let others = [
            ("day", self.days.get(row) == expected.days.first()),
            ("days to closing", self.took.get(row) == expected.took.first()),
            ("due", self.due.get(row) == expected.due.first()),
            ("flags", self.flags.get(row) == expected.flags.first()),
            ("reporter", reporter(self, row) == reporter(&expected, 0)),
        ];
        faults.extend(others.into_iter().filter(|(_, equal)| !equal).map(|(name, _)| name));
        faults
    }

    /// Differences between this cube and another, in figures by every dimension; empty where they are equal.
    #[must_use]
    pub fn differences(&self, other: &Self, now: Time) -> Vec<String> {
        let sorted = |cube: &Self, by| {
            let mut groups = cube.count(&Slice::default(), Some(by), now).groups;
            groups.sort_by(|a, b| a.key.cmp(&b.key));
            groups
        };
        Dimension::ALL
            .into_iter()
            .filter(|by| sorted(self, *by) != sorted(other, *by))
            .map(|by| format!("the counts by {} differ from a recount", code_of(&by)))
            .collect()
    }
}

/// A cube in its form on disk.
#[derive(Debug)]
pub struct Parts {
    /// Each dimension's name and codes.
    pub dimensions: Vec<(String, Vec<String>)>,
    /// The office that reported first, by row and its place among the codes, where another office has the case.
    pub elsewhere: Vec<(u32, u16)>,
    /// The cells of these dimensions, then days, days to closing, flags (two bytes each) and due minutes (four bytes),
    /// little-endian.
    pub columns: Vec<u8>,
}

impl Cube {
    /// The cube in its form on disk.
    #[must_use]
    pub fn parts(&self) -> Parts {
        let mut columns = Vec::with_capacity(self.len() * 32);
        let mut dimensions: Vec<(String, Vec<String>)> = Vec::new();
        let mut all: Vec<&[u16]> = Vec::new();
        for (dimension, column) in &self.columns {
            dimensions.push((code_of(dimension).to_owned(), column.codes.clone()));
            all.push(&column.cells);
        }
        all.extend([self.days.as_slice(), &self.took, &self.flags]);
        for column in all {
            columns.extend(column.iter().flat_map(|cell| cell.to_le_bytes()));
        }
        columns.extend(self.due.iter().flat_map(|cell| cell.to_le_bytes()));
        let mut elsewhere: Vec<(u32, u16)> = self.elsewhere.iter().map(|(row, office)| (*row, *office)).collect();
        elsewhere.sort_unstable();
        Parts { dimensions, elsewhere, columns }
    }

    /// The cube in its form on disk, read; `None` where the parts do not fit each other.
    #[must_use]
    pub fn of_parts(
        cases: usize,
        dimensions: Vec<(String, Vec<String>)>,
        elsewhere: Vec<(u32, u16)>,
        columns: &[u8],
    ) -> Option<Self> {
        let mut rest = columns;
        let mut next = |bytes: usize| {
            let (column, left) = rest.split_at_checked(bytes)?;
            rest = left;
            Some(column)
        };
        let narrow = |column: &[u8]| -> Vec<u16> {
            column.chunks_exact(2).filter_map(|cell| cell.try_into().ok().map(u16::from_le_bytes)).collect()
        };
        let mut cube = Self { elsewhere: elsewhere.into_iter().collect(), ..Self::default() };
        for (name, codes) in dimensions {
            let dimension = name.parse().ok()?;
            let cells = narrow(next(cases * 2)?);
            if cells.iter().any(|cell| usize::from(*cell) >= codes.len()) {
                return None;
            }
            let numbers = codes.iter().cloned().zip(0..).collect();
            cube.columns.insert(dimension, Column { codes, numbers, cells });
        }
        cube.days = narrow(next(cases * 2)?);
        cube.took = narrow(next(cases * 2)?);
        cube.flags = narrow(next(cases * 2)?);
        let due = next(cases * 4)?;
        cube.due = due.chunks_exact(4).filter_map(|cell| cell.try_into().ok().map(u32::from_le_bytes)).collect();
        // A missing dimension would count nothing.
        let whole = cases == 0 || cube.columns.len() == Dimension::ALL.len() - 1;
        (whole && rest.is_empty()).then_some(cube)
    }
}

impl store::Counts for Cube {
    fn seq(&self) -> u64 {
        self.seq
    }

    fn follow(&mut self, changes: &[Changed]) {
        self.follow(changes);
    }

    fn faults(&self, ordinal: u64, case: &Case, due: Option<Time>) -> Vec<&'static str> {
        self.faults(ordinal, case, due)
    }
}

/// Counts an open case at its office.
fn add_open(figures: &mut OfficeFigures, age: u16, late: bool) {
    let bucket = [7, 15, 30].iter().filter(|days| age >= **days).count();
    if let Some(count) = figures.waiting.get_mut(bucket) {
        *count += 1;
    }
    figures.overdue += u32::from(late);
}

/// Counts a case at the office that reported first, with what the citizen said.
fn add_reported(figures: &mut OfficeFigures, flags: u16) {
    let has = |flag: u16| flags & flag != 0;
    let agreed = has(F_CONFIRMED) || has(F_EXPLAINED) || has(F_PARTLY);
    figures.reported += u32::from(has(F_ASKED));
    figures.answers.answered += u32::from(agreed || has(F_DENIED));
    figures.answers.agreed += u32::from(agreed && !has(F_DENIED));
    figures.answers.unreached += u32::from(has(F_UNREACHED) && !has(F_DENIED));
}

fn largest_first(groups: &mut [Group]) {
    groups.sort_by(|a, b| b.figures.lodged.cmp(&a.figures.lodged).then_with(|| a.key.cmp(&b.key)));
}

/// Counts of flags and of days to closing, for each group.
///
/// Few groups are counted by combinations of flags, one increment for each case; many by single flags, so that the
/// counters of all groups fit the processor's cache.
struct Tally {
    groups: usize,
    /// Cells of a group: one for each combination, or one for each flag and one for the total.
    cells: usize,
    counts: Vec<u32>,
    /// Days that the median distinguishes.
    longest: usize,
    took: Vec<u32>,
}

/// Cases above which a second core takes half; few in tests, so that both ways are tested.
const HALVED: usize = if cfg!(test) { 50 } else { 200_000 };

fn part<'a, T>(column: &'a [T], range: &std::ops::Range<usize>) -> &'a [T] {
    column.get(range.clone()).unwrap_or_default()
}

/// Counts so many cases, on two cores where there are many.
fn in_halves(cases: usize, scan: impl Fn(std::ops::Range<usize>) -> Tally + Sync) -> Tally {
    if cases < HALVED {
        return scan(0..cases);
    }
    std::thread::scope(|scope| {
        let second = scope.spawn(|| scan(cases / 2..cases));
        let mut tally = scan(0..cases / 2);
        tally.join(&second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        tally
    })
}

/// Number of groups above which flags are counted one by one.
const MANY: usize = 150;
/// Number of flags, overdue included.
const FLAGS: usize = 11;

impl Tally {
    fn new(groups: usize) -> Self {
        let (cells, longest) = if groups > MANY { (FLAGS + 1, LONGEST / 4) } else { (COMBINATIONS, LONGEST) };
        Self { groups, cells, counts: vec![0; groups * cells], longest, took: vec![0; groups * (longest + 1)] }
    }

    #[inline]
    fn add(&mut self, group: usize, flags: u16, took: u16) {
        if self.cells == COMBINATIONS {
            if let Some(count) = self.counts.get_mut(group * COMBINATIONS + usize::from(flags)) {
                *count += 1;
            }
        } else if let Some(counts) = self.counts.get_mut(group * (FLAGS + 1)..(group + 1) * (FLAGS + 1)) {
            for (flag, count) in counts.iter_mut().enumerate() {
                // The last cell counts all cases: the bit after the flags is set for every one.
                *count += u32::from((flags | 1 << FLAGS) >> flag & 1);
            }
        }
        if took != OPEN
            && let Some(count) = self.took.get_mut(group * (self.longest + 1) + usize::from(took).min(self.longest))
        {
            *count += 1;
        }
    }

    /// Adds what was counted of other cases.
    fn join(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts).chain(self.took.iter_mut().zip(&other.took)) {
            *count += more;
        }
    }

    fn slice(column: &[u32], group: usize, width: usize) -> &[u32] {
        column.get(group * width..(group + 1) * width).unwrap_or_default()
    }

    /// All groups added up.
    fn total(&self) -> Self {
        let mut total = Self { counts: vec![0; self.cells], took: vec![0; self.longest + 1], groups: 1, ..*self };
        for group in 0..self.groups {
            for (sum, count) in total.counts.iter_mut().zip(Self::slice(&self.counts, group, self.cells)) {
                *sum += count;
            }
            for (sum, count) in total.took.iter_mut().zip(Self::slice(&self.took, group, self.longest + 1)) {
                *sum += count;
            }
        }
        total
    }

    fn figures(&self, group: usize) -> Figures {
        let counts = Self::slice(&self.counts, group, self.cells);
        if counts.iter().all(|count| *count == 0) {
            return Figures::default();
        }
        let one_by_one = self.cells != COMBINATIONS;
        let sum = |flag: u16| -> u32 {
            if one_by_one {
                return counts.get(flag.trailing_zeros() as usize).copied().unwrap_or(0);
            }
            counts.iter().zip(0u16..).filter(|(_, flags)| flags & flag != 0).map(|(count, _)| *count).sum()
        };
        let took = Self::slice(&self.took, group, self.longest + 1);
        let closed: u32 = took.iter().sum();
        let mut seen = 0;
        let median = took.iter().position(|count| {
            seen += count;
            seen * 2 >= closed
        });
        Figures {
            lodged: if one_by_one { counts.last().copied().unwrap_or(0) } else { counts.iter().sum() },
            open: sum(F_OPEN),
            overdue: sum(F_OVERDUE),
            emergencies: sum(F_EMERGENCY),
            closed_by_offices: sum(F_REPORTED),
            confirmed_by_citizens: sum(F_CONFIRMED),
            explained: sum(F_EXPLAINED),
            partly: sum(F_PARTLY),
            median_days: median.filter(|_| closed > 0).and_then(|days| u16::try_from(days).ok()),
            women: sum(F_WOMAN),
            gender_known: sum(F_GENDER_KNOWN),
            rural: sum(F_RURAL),
            area_known: sum(F_AREA_KNOWN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::lifecycle::{Channel, Details, Lodged, Statement, lodge};
    use model::{Actor, Language, Lgd, OfficeId, PersonId, Reference, Rules};

    fn now() -> Time {
        "2026-11-23T06:00:00Z".parse().expect("a moment")
    }

    /// Made-up cases in 700 offices: enough for the way in which many groups are counted.
    fn cases() -> Vec<(Case, Option<Time>)> {
        let mut rng = fastrand::Rng::with_seed(3);
        (0..4_000)
            .map(|payload| {
                let at = now() - chrono::Duration::hours(i64::from(rng.u16(..2_000)));
                let lodged = Lodged {
                    reference: Reference::from_payload(payload),
                    citizen: PersonId::new(1),
                    number_verified: true,
                    channel: Channel::Web,
                    language: Language::Bengali,
                    gender: Gender::ALL[rng.usize(..4)],
                    category: None,
                    district: Some(Lgd::new(rng.u32(1..24))),
                    place: None,
                    urban: [None, Some(true), Some(false)][rng.usize(..3)],
                    photos: vec![],
                    details: Details::default(),
                    statement: Statement::new(String::new(), model::Language::Bengali),
                };
                let event = lodge(lodged, &Actor::citizen(PersonId::new(1)), &Rules::default(), at).expect("lodged");
                let mut case = Case::open(&event).expect("a case");
                case.office = Some(OfficeId::new(rng.u32(1..701)));
                case.reported_done = rng.bool();
                case.partly_done = rng.u8(..9) == 0;
                case.reported_by = [None, case.office, Some(OfficeId::new(rng.u32(1..701)))][rng.usize(..3)];
                case.reports = u8::from(case.reported_done);
                case.appealed = rng.u8(..9) == 0;
                case.disputes = u8::from(rng.u8(..5) == 0);
                case.reopened = u8::from(rng.u8(..9) == 0);
                case.department = Some(["PHE", "PRD"][rng.usize(..2)].into());
                if rng.bool() {
                    case.stage = [Stage::Explained, Stage::ClosedUnconfirmed, Stage::Redressed][rng.usize(..3)];
                    case.closed_at = Some(at + chrono::Duration::days(i64::from(rng.u8(..9))));
                }
                (case, Some(at + chrono::Duration::days(20)))
            })
            .collect()
    }

    /// The definitions of `model::counts`, written out again.
    fn recount<'a>(cases: impl Iterator<Item = &'a (Case, Option<Time>)>) -> Figures {
        let mut figures = Figures::default();
        let mut days = Vec::new();
        for (case, due) in cases {
            figures.lodged += 1;
            figures.open += u32::from(case.stage.is_open());
            figures.overdue += u32::from(case.stage.is_open() && due.is_some_and(|due| minutes(due) < minutes(now())));
            figures.closed_by_offices += u32::from(case.reported_done);
            figures.confirmed_by_citizens += u32::from(case.stage == Stage::Redressed);
            figures.explained += u32::from(case.stage == Stage::Explained);
            figures.partly += u32::from(case.partly_done && case.stage.is_open());
            figures.women += u32::from(case.gender == Gender::Woman);
            figures.gender_known += u32::from(case.gender != Gender::Unstated);
            figures.rural += u32::from(case.urban == Some(false));
            figures.area_known += u32::from(case.urban.is_some());
            let redressed = case.closed_at.filter(|_| case.stage == Stage::Redressed);
            days.extend(redressed.map(|closed| day(closed) - day(case.lodged_at)));
        }
        days.sort_unstable();
        figures.median_days = days.get(days.len().saturating_sub(1) / 2).copied();
        figures
    }

    fn slice_of(filter: &str, since: Option<NaiveDate>) -> Slice {
        Slice { filter: filter.parse().expect("a filter"), since }
    }

    #[test]
    fn every_slice_equals_a_recount() {
        let cases = cases();
        let mut cube = Cube::default();
        for ((case, due), ordinal) in cases.iter().zip(1..) {
            cube.put(ordinal, case, *due);
        }
        let all = |text: &str, by| cube.count(&slice_of(text, None), by, now());
        assert_eq!(all("", None).total, recount(cases.iter()));
        for by in [Dimension::Office, Dimension::District, Dimension::Gender, Dimension::Area, Dimension::Day] {
            let counts = all("", Some(by));
            assert_eq!(counts.total, recount(cases.iter()), "{by:?}");
            for group in counts.groups {
                let of = |case: &Case| match by {
                    Dimension::Day => day_code(day(case.lodged_at)),
                    _ => codes(case).into_iter().find(|(dimension, _)| *dimension == by).expect("a code").1,
                };
                let expected = recount(cases.iter().filter(|(case, _)| of(case) == group.key));
                assert_eq!(group.figures, expected, "{by:?} {}", group.key);
            }
        }
        let slice = all("district:7,gender:woman", Some(Dimension::Office)).total;
        let expected = recount(
            cases.iter().filter(|(case, _)| case.district == Some(Lgd::new(7)) && case.gender == Gender::Woman),
        );
        assert_eq!(slice, expected);
        assert_eq!(all("district:99", None).total, Figures::default());
    }

    #[test]
    fn the_offices_of_a_department_equal_a_recount() {
        let cases = cases();
        let mut cube = Cube::default();
        for ((case, due), ordinal) in cases.iter().zip(1..) {
            cube.put(ordinal, case, *due);
        }
        let is_own = |code: &str| code.ends_with('7');
        for days in [None, Some(30)] {
            let since = days.and_then(|days| ist_date(now()).checked_sub_days(chrono::Days::new(days - 1)));
            let mut expected: HashMap<String, OfficeFigures> = HashMap::new();
            for (case, due) in &cases {
                let here = case.department == Some("PHE".into());
                if here && case.stage.is_open() {
                    let bucket = match (ist_date(now()) - ist_date(case.lodged_at)).num_days() {
                        ..7 => 0,
                        7..15 => 1,
                        15..30 => 2,
                        _ => 3,
                    };
                    let figures = expected.entry(number(case.office)).or_default();
                    figures.waiting[bucket] += 1;
                    figures.overdue += u32::from(due.is_some_and(|due| due < now()));
                }
                if since.is_some_and(|since| ist_date(case.lodged_at) < since) {
                    continue;
                }
                let elsewhere = case.reported_by.is_some() && case.reported_by != case.office;
                if !(if elsewhere { is_own(&number(case.reported_by)) } else { here }) {
                    continue;
                }
                let figures = expected.entry(number(case.reported_by)).or_default();
                figures.reported += u32::from(case.reports > 0);
                let said_no = case.disputes > 0 || case.reopened > 0 || case.appealed;
                let agrees = match case.stage {
                    Stage::Redressed | Stage::Explained => true,
                    stage => stage.is_open() && case.partly_done,
                };
                figures.answers.answered += u32::from(said_no || agrees);
                figures.answers.agreed += u32::from(agrees && !said_no);
                figures.answers.unreached += u32::from(case.stage == Stage::ClosedUnconfirmed && !said_no);
            }
            let counted = cube.offices("PHE", is_own, since, now());
            assert_eq!(counted.len(), expected.len());
            for (office, figures) in counted {
                assert_eq!(Some(&figures), expected.get(office), "office {office}");
            }
        }
        assert_eq!(cube.offices("NOBODY", |_| false, None, now()), HashMap::new());
    }

    #[test]
    fn a_period_bounds_what_was_lodged_and_not_what_is_open() {
        let cases = cases();
        let mut cube = Cube::default();
        for ((case, due), ordinal) in cases.iter().zip(1..) {
            cube.put(ordinal, case, *due);
        }
        let since = ist_date(now()).checked_sub_days(chrono::Days::new(29));
        let filter = slice_of("gender:woman", since);
        let of = |case: &Case| case.gender == Gender::Woman;
        let young = |case: &Case| since.is_some_and(|since| ist_date(case.lodged_at) >= since);
        let all = recount(cases.iter().filter(|(case, _)| of(case)));
        let lodged = recount(cases.iter().filter(|(case, _)| of(case) && young(case)));
        assert!(all.open > lodged.open && lodged.lodged < all.lodged);
        for by in [None, Some(Dimension::District), Some(Dimension::Day)] {
            assert_eq!(cube.count(&filter, by, now()).total, lodged.with_stock_of(&all), "{by:?}");
        }
        for group in cube.count(&filter, Some(Dimension::District), now()).groups {
            let here = |case: &Case| of(case) && case.district.map(|lgd| lgd.to_string()) == Some(group.key.clone());
            let all = recount(cases.iter().filter(|(case, _)| here(case)));
            let lodged = recount(cases.iter().filter(|(case, _)| here(case) && young(case)));
            assert_eq!(group.figures, lodged.with_stock_of(&all), "{}", group.key);
        }
    }

    #[test]
    fn what_was_kept_counts_the_same_and_nothing_else_is_taken_for_it() {
        let cases = cases();
        let mut cube = Cube::default();
        for ((case, due), ordinal) in cases.iter().zip(1..) {
            cube.put(ordinal, case, *due);
        }
        let Parts { dimensions, elsewhere, columns } = cube.parts();
        let read = |cases, dimensions, columns: &[u8]| Cube::of_parts(cases, dimensions, elsewhere.clone(), columns);
        let back = read(cases.len(), dimensions.clone(), &columns).expect("whole");
        assert_eq!(back.offices("PHE", |_| true, None, now()), cube.offices("PHE", |_| true, None, now()));
        assert_eq!(cube.differences(&back, now()), Vec::<String>::new());
        assert!(columns.len() <= 32 * cases.len(), "{} bytes of {} cases", columns.len(), cases.len());
        assert!(read(cases.len() + 1, dimensions.clone(), &columns).is_none());
        assert!(read(cases.len(), dimensions[1..].to_vec(), &columns).is_none());
        assert!(read(cases.len(), dimensions, &columns[1..]).is_none());
    }

    #[test]
    fn a_case_that_changes_is_counted_once() {
        let mut cube = Cube::default();
        let open = cases().into_iter().find(|(case, _)| case.stage.is_open() && !case.partly_done);
        let (mut case, due) = open.expect("an open case");
        cube.follow(&[Changed { seq: 1, ordinal: 1, case: case.clone(), due, deadline: None }]);
        assert_eq!(cube.faults(1, &case, due), Vec::<&str>::new());
        case.stage = Stage::Withdrawn;
        assert_eq!(cube.faults(1, &case, due), ["stage", "flags"]);
        cube.follow(&[Changed { seq: 2, ordinal: 1, case: case.clone(), due, deadline: None }]);
        let total = cube.count(&Slice::default(), None, now()).total;
        assert_eq!((total.lodged, total.open, cube.seq()), (1, 0, 2));
    }
}
