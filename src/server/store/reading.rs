//! Lists of readings, as an auditor asks for them.

use super::sql::{Connection, Row, Value};
use super::{ReadingFilter, ReadingOf, Result, StoreError, millis, number, reference, time};
use model::lifecycle::Party;
use model::names::code_of;
use model::wire::{Deed, ReadingLine};
use model::{DepartmentCode, Scope};

/// The readings that fit, newest first, at most `limit`.
pub(super) fn list(connection: &Connection, filter: &ReadingFilter, limit: u32) -> Result<Vec<ReadingLine>> {
    let mut values: Vec<Value> = vec![limit.into()];
    let mut sql = "1 = 1".to_owned();
    let mut must = |condition: &str, value: Value| {
        values.push(value);
        sql.push_str(" AND ");
        sql.push_str(&condition.replace('?', &format!("?{}", values.len())));
    };
    if let Some(staff) = filter.staff {
        must("r.staff = ?", staff.get().into());
    }
    if let Some(case) = filter.case {
        must("r.reference = ?", number(case).into());
    }
    if let Some(department) = &filter.department {
        must("r.department = ?", department.as_str().into());
    }
    if let Some((department, office)) = &filter.office {
        let party = Party { department: department.clone(), office: Some(*office) };
        let scope = serde_json::to_string(&Scope::Office(party))?;
        must("r.staff IN (SELECT id FROM account WHERE scope = ?)", scope.into());
    }
    match filter.what {
        Some(what) => must("r.what = ?", code_of(&what).into()),
        // Each look at this list adds a line: those are listed where they are asked for.
        None if filter.staff.is_none() => must("r.what <> ?", code_of(&ReadingOf::Readings).into()),
        None => {}
    }
    if let Some(from) = filter.from {
        must("r.at >= ?", millis(from).into());
    }
    must("r.at < ?", millis(filter.before).into());
    if let Some((at, seq)) = filter.after {
        // The first condition alone is what an index goes by.
        must("r.at <= ?", at.into());
        let last = i64::try_from(seq).unwrap_or(i64::MAX);
        values.extend([at.into(), last.into()]);
        sql.push_str(&format!(" AND (r.at < ?{} OR r.seq < ?{})", values.len() - 1, values.len()));
    }
    let sql = format!(
        "SELECT r.seq, r.at, a.username, a.name, r.role, r.department, r.what, r.reference, r.cases, r.reason
         FROM reading r LEFT JOIN account a ON a.id = r.staff WHERE {sql} ORDER BY r.at DESC, r.seq DESC LIMIT ?1"
    );
    connection.all(&sql, &values, line)
}

fn line(row: &Row<'_>) -> Result<ReadingLine> {
    let what: String = row.get(6)?;
    Ok(ReadingLine {
        seq: row.get(0)?,
        at: time(row.get(1)?),
        account: row.get::<Option<String>>(2)?.unwrap_or_default(),
        name: row.get::<Option<String>>(3)?.unwrap_or_default(),
        role: super::role(&row.get::<String>(4)?)?,
        department: row.get::<Option<String>>(5)?.map(DepartmentCode::from),
        what: Deed::Read(
            what.parse().map_err(|_| StoreError::Damaged(format!("a reading of no kind of ours: {what}")))?,
        ),
        case: row.get::<Option<i64>>(7)?.map(reference),
        count: row.get(8)?,
        reason: row.get::<Option<String>>(9)?.unwrap_or_default(),
    })
}
