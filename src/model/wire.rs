//! The API: one type for each call. The router mounts it, the browser calls it and the OpenAPI document describes it,
//! all from the same type, so that a mismatch does not compile.
//!
//! Answers carry codes, never prose; the words are in the apps' catalogues. Times are RFC 3339 in UTC.

#[macro_use]
mod endpoint;
mod admin;
mod audit;
mod figures;
mod grievance;
mod line;
mod phone;
mod problem;
mod proof;
mod quality;
mod reference;
mod search;
mod session;
mod upload;
mod work;

pub use crate::names::Names;
pub use admin::*;
pub use audit::*;
pub use endpoint::*;
pub use figures::*;
pub use grievance::*;
pub use line::*;
pub use phone::*;
pub use problem::*;
pub use proof::*;
pub use quality::*;
pub use reference::*;
pub use search::*;
pub use session::*;
pub use upload::*;
pub use work::*;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_in_one_place_and_escaped() {
        let filter = "district:307,area:rural".parse().expect("a filter");
        let call = GetCounts { by: Some(crate::counts::Dimension::Department), filter, days: None };
        assert_eq!(call.path(), "/api/counts?by=department&where=district:307,area:rural");
        let (prefix, role, cursor) = ("nodal".to_owned(), Some(crate::Role::NodalOfficer), String::new());
        let call = Accounts { prefix, role, department: Some("A&B".into()), cursor };
        assert_eq!(call.path(), "/api/accounts?prefix=nodal&role=nodal_officer&department=A%26B");
        assert_eq!(SettingHistory { cursor: Some(7), limit: None }.path(), "/api/settings/history?cursor=7");
        let call = Offices { department: "A&B".into(), district: None };
        assert_eq!(call.path(), "/api/offices?department=A%26B");
    }

    #[test]
    fn problem_types_carry_the_wire_name_of_their_code() {
        for code in ProblemCode::ALL {
            let name = serde_json::to_value(code).expect("a name");
            assert_eq!(Problem::new(code).kind, format!("urn:pratikar:{}", name.as_str().expect("a name")));
        }
    }
}
