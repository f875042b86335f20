//! The case row: what lists and worklists read, and the case itself, packed.

use super::pack::{self, Kind};
use super::sql::{Connection, Row, Value};
use super::{NEVER, Result, due_column, millis, number, party_columns, person};
use model::clock::Lane;
use model::lifecycle::{Case, Holder, Stage};
use model::{Lgd, OfficeId, Time};

/// A stage's number in the column; see [`names`].
pub(super) fn stage_column(stage: Stage) -> i64 {
    position(&Stage::ALL, &stage)
}

/// The stage of a number.
pub(super) fn stage(column: i64) -> Option<Stage> {
    usize::try_from(column).ok().and_then(|place| Stage::ALL.get(place)).copied()
}

fn lane_column(lane: Lane) -> i64 {
    position(&Lane::ALL, &lane)
}

/// The lane of a number.
pub(super) fn lane(column: i64) -> Option<Lane> {
    usize::try_from(column).ok().and_then(|place| Lane::ALL.get(place)).copied()
}

/// Who has the case now, as a worklist asks for it; none where nobody has it.
fn holder(case: &Case) -> Option<String> {
    Some(case.holder()).filter(|holder| *holder != Holder::Nobody).map(|holder| holder.key())
}

fn position<T: PartialEq>(all: &[T], one: &T) -> i64 {
    all.iter().position(|other| other == one).and_then(|place| i64::try_from(place).ok()).unwrap_or(-1)
}

/// What the numbers in the columns stand for. A program whose numbers are others makes the rows again: see
/// `state::up_to_date`.
#[must_use]
pub fn names() -> String {
    format!("{:?} {:?}", Stage::ALL, Lane::ALL)
}

/// A case as it is packed.
pub(super) fn case(packed: &[u8]) -> Result<Case> {
    Ok(serde_json::from_str(&pack::unpack(Kind::Case, packed)?)?)
}

/// The case in a row's first column.
pub(super) fn first_case(row: &Row<'_>) -> Result<Case> {
    case(&row.get::<Vec<u8>>(0)?)
}

/// Where a case's row stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Its number in the order of lodging, from 1 on without gaps.
    pub ordinal: i64,
    /// Number of its first entry.
    pub lodged_seq: i64,
    /// Number of its last entry.
    pub seq: i64,
}

/// The columns that follow from a case.
pub(super) struct CaseRow<'a> {
    case: &'a Case,
    due: i64,
    next_deadline: Option<i64>,
    packed: Vec<u8>,
}

impl<'a> CaseRow<'a> {
    pub fn of(case: &'a Case, due: Option<Time>, next_deadline: Option<Time>) -> Result<Self> {
        Ok(Self {
            case,
            due: due_column(due),
            next_deadline: next_deadline.map(millis),
            packed: pack::pack(Kind::Case, &serde_json::to_string(case)?)?,
        })
    }

    /// The columns, in the order of [`CaseRow::values`]. The first three are kept when a row is written again.
    pub const COLUMNS: [&'static str; 26] = [
        "ordinal",
        "reference",
        "lodged_seq",
        "seq",
        "version",
        "stage",
        "lane",
        "holder",
        "citizen",
        "district",
        "place",
        "category",
        "department",
        "office",
        "offered_department",
        "offered_office",
        "root",
        "visit_due",
        "disowned",
        "shielded",
        "disputes",
        "lodged_at",
        "stage_since",
        "due",
        "next_deadline",
        "packed",
    ];

    /// What stands in each column.
    pub fn values(&self, place: Place) -> Vec<Value> {
        let case = self.case;
        let offered = case.offered.as_ref().map(|offer| &offer.to);
        let (offered_department, offered_office) = party_columns(offered);
        vec![
            place.ordinal.into(),
            number(case.reference).into(),
            place.lodged_seq.into(),
            place.seq.into(),
            case.version.into(),
            stage_column(case.stage).into(),
            lane_column(case.lane).into(),
            holder(case).into(),
            person(case.citizen).into(),
            case.district.map(Lgd::get).into(),
            case.place.map(Lgd::get).into(),
            case.category.as_deref().into(),
            case.department.as_deref().into(),
            case.office.map(OfficeId::get).into(),
            offered_department.as_deref().into(),
            offered_office.map(OfficeId::get).into(),
            case.root.map(number).into(),
            case.visit_due.into(),
            case.disowned.into(),
            case.shielded.into(),
            case.disputes.into(),
            millis(case.lodged_at).into(),
            millis(case.stage_since).into(),
            self.due.into(),
            self.next_deadline.into(),
            self.packed.clone().into(),
        ]
    }

    /// Writes the row of a case that is new, or another state of one that has a row: then its ordinal and its first entry
    /// stay.
    pub fn put(&self, connection: &Connection, place: Place) -> Result<()> {
        use std::sync::LazyLock;
        static INSERT: LazyLock<String> = LazyLock::new(|| {
            let places: Vec<String> = (1..=CaseRow::COLUMNS.len()).map(|place| format!("?{place}")).collect();
            format!("INSERT INTO grievance ({}) VALUES ({})", CaseRow::COLUMNS.join(", "), places.join(", "))
        });
        connection.execute(&INSERT, &self.values(place))?;
        Ok(())
    }

    /// Writes another state of a case that has a row.
    pub fn replace(&self, connection: &Connection, seq: i64) -> Result<()> {
        use std::sync::LazyLock;
        /// Columns that stay as they were.
        const KEPT: usize = 3;
        static UPDATE: LazyLock<String> = LazyLock::new(|| {
            let columns = CaseRow::COLUMNS.iter().skip(KEPT).zip(2..);
            let set: Vec<String> = columns.map(|(column, place)| format!("{column} = ?{place}")).collect();
            format!("UPDATE grievance SET {} WHERE reference = ?1", set.join(", "))
        });
        let place = Place { ordinal: 0, lodged_seq: 0, seq };
        let mut values = self.values(place);
        let mut wanted = vec![number(self.case.reference).into()];
        wanted.extend(values.drain(KEPT..));
        connection.execute(&UPDATE, &wanted)?;
        Ok(())
    }
}

/// Whether a stored due date is one.
pub(super) fn due_time(column: i64) -> Option<Time> {
    (column != NEVER).then(|| super::time(column))
}
