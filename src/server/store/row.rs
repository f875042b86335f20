//! The case row: the columns that lists and worklists read, and the packed case.

use super::pack::{self, Kind};
use super::sql::{Connection, Row, Value};
use super::{NEVER, Result, due_column, millis, number, party_columns, person};
use model::clock::Lane;
use model::lifecycle::{Case, Holder, Stage};
use model::{Lgd, OfficeId, Time};

/// The number of a stage in its column; see [`names`].
pub(super) fn stage_column(stage: Stage) -> i64 {
    position(&Stage::ALL, &stage)
}

/// The stage with this number.
pub(super) fn stage(column: i64) -> Option<Stage> {
    usize::try_from(column).ok().and_then(|place| Stage::ALL.get(place)).copied()
}

fn lane_column(lane: Lane) -> i64 {
    position(&Lane::ALL, &lane)
}

/// The lane with this number.
pub(super) fn lane(column: i64) -> Option<Lane> {
    usize::try_from(column).ok().and_then(|place| Lane::ALL.get(place)).copied()
}

/// Key of the holder, by which worklists select; `None` where nobody has the case.
fn holder(case: &Case) -> Option<String> {
    Some(case.holder()).filter(|holder| *holder != Holder::Nobody).map(|holder| holder.key())
}

fn position<T: PartialEq>(all: &[T], one: &T) -> i64 {
    all.iter().position(|other| other == one).and_then(|place| i64::try_from(place).ok()).unwrap_or(-1)
}

/// What the numbers in columns stand for. A program with other numbers makes the rows again (`state::up_to_date`).
#[must_use]
pub fn names() -> String {
    format!("{:?} {:?}", Stage::ALL, Lane::ALL)
}

/// Unpacks a case.
pub(super) fn case(packed: &[u8]) -> Result<Case> {
    Ok(serde_json::from_str(&pack::unpack(Kind::Case, packed)?)?)
}

/// The case in a row's first column.
pub(super) fn first_case(row: &Row<'_>) -> Result<Case> {
    case(&row.get::<Vec<u8>>(0)?)
}

/// The place of a case's row among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Its place in the order of lodging, from 1, without gaps.
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
        Ok(Self::of_packed(case, due, next_deadline, Self::pack(case)?))
    }

    /// Of a case that was packed already.
    pub fn of_packed(case: &'a Case, due: Option<Time>, next_deadline: Option<Time>, packed: Vec<u8>) -> Self {
        Self { case, due: due_column(due), next_deadline: next_deadline.map(millis), packed }
    }

    /// A case as it is packed.
    pub fn pack(case: &Case) -> Result<Vec<u8>> {
        pack::pack(Kind::Case, &serde_json::to_string(case)?)
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

    /// The values of the columns.
    pub fn values(&self, place: Place) -> Vec<Value> {
        let case = self.case;
        // Also whose answer to an appeal is awaited: both are found in the list of whoever has to answer.
        let (offered_department, offered_office) = party_columns(case.asked_party().as_ref());
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

    /// Writes the row of a new case, or the new state of an existing one, whose ordinal and first entry stay.
    pub fn put(&self, connection: &Connection, place: Place) -> Result<()> {
        use std::sync::LazyLock;
        static INSERT: LazyLock<String> = LazyLock::new(|| {
            let places: Vec<String> = (1..=CaseRow::COLUMNS.len()).map(|place| format!("?{place}")).collect();
            format!("INSERT INTO grievance ({}) VALUES ({})", CaseRow::COLUMNS.join(", "), places.join(", "))
        });
        connection.defer(&INSERT, &self.values(place))
    }

    /// Writes the new state of a case that has a row.
    pub fn replace(&self, connection: &Connection, seq: i64) -> Result<()> {
        use std::sync::LazyLock;
        /// Number of columns that stay as they are.
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
        connection.defer(&UPDATE, &wanted)
    }
}

/// The due time of a column; `None` for [`NEVER`].
pub(super) fn due_time(column: i64) -> Option<Time> {
    (column != NEVER).then(|| super::time(column))
}
