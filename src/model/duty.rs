//! Permissions beside actions on a case: one table, as [`role::allows`](crate::role::allows) is for actions.

use crate::{Actor, Role};

/// Something that a role may do, apart from acting on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Follow one's own grievances, and move them to another number.
    FollowOwn,
    /// Lodge grievances for people who speak to them, and look up what a number has lodged.
    TakeIntake,
    /// Read a worklist.
    WorkList,
    /// Take the cases of one's worklist along to where there is no line.
    TakeAlong,
    /// Search all cases that one may read.
    Search,
    /// Call citizens to ask whether it is done.
    CallToVerify,
    /// Hear both sides of appeals.
    HearAppeals,
    /// Hear and score calls.
    ScoreCalls,
    /// See how one's own calls were scored.
    SeeOwnScores,
    /// See who lodged a grievance; those who work with figures need no names.
    SeeIdentity,
    /// See the whole number of a citizen, each time with a reason and on record.
    RevealNumber,
    /// See the state's figures and the cases behind them.
    WatchFigures,
    /// See how the offices of a department compare; nodal officers those of their own.
    CompareOffices,
    /// See the load of every desk.
    WatchDesks,
    /// See who works in one's place of work, and who is away until when; say that somebody is. Whose, [`keeps`] says.
    KeepRoster,
    /// See alarms about the server.
    WatchHealth,
    /// See administered tables and accounts, with who changed what and why.
    SeeSettings,
    /// Administer tables and accounts.
    Administer,
    /// See who has read what, and check the ledger.
    Audit,
}

impl Duty {
    /// Every duty.
    pub const ALL: [Self; 19] = [
        Self::FollowOwn,
        Self::TakeIntake,
        Self::WorkList,
        Self::TakeAlong,
        Self::Search,
        Self::CallToVerify,
        Self::HearAppeals,
        Self::ScoreCalls,
        Self::SeeOwnScores,
        Self::SeeIdentity,
        Self::RevealNumber,
        Self::WatchFigures,
        Self::CompareOffices,
        Self::WatchDesks,
        Self::KeepRoster,
        Self::WatchHealth,
        Self::SeeSettings,
        Self::Administer,
        Self::Audit,
    ];
}

/// Whether a role has a duty.
#[must_use]
pub const fn has(role: Role, duty: Duty) -> bool {
    use Role as R;
    match duty {
        Duty::FollowOwn => matches!(role, R::Citizen),
        Duty::TakeIntake => matches!(role, R::TeleCaller | R::CounterOperator | R::OperationalAnalyst),
        Duty::WorkList => matches!(
            role,
            R::TeleCaller
                | R::OperationalAnalyst
                | R::NodalOfficer
                | R::OfficeOfficer
                | R::VerificationCaller
                | R::FieldValidator
                | R::AppellateAuthority
        ),
        Duty::TakeAlong => matches!(role, R::OfficeOfficer | R::FieldValidator),
        // Everybody on the staff who reads cases, see `role::sees`.
        Duty::Search => !matches!(role, R::Citizen | R::Administrator | R::System),
        Duty::CallToVerify => matches!(role, R::VerificationCaller),
        Duty::HearAppeals => matches!(role, R::AppellateAuthority),
        Duty::ScoreCalls => matches!(role, R::QualityLead),
        Duty::SeeOwnScores => matches!(role, R::TeleCaller | R::VerificationCaller),
        Duty::SeeIdentity => !matches!(
            role,
            R::DataAnalyst
                | R::AssistantManager
                | R::SeniorManager
                | R::PrincipalManager
                | R::CmoOfficial
                | R::Administrator
        ),
        Duty::RevealNumber => matches!(
            role,
            R::TeleCaller
                | R::OperationalAnalyst
                | R::NodalOfficer
                | R::OfficeOfficer
                | R::VerificationCaller
                | R::FieldValidator
                | R::AppellateAuthority
        ),
        Duty::WatchFigures => matches!(role, R::DataAnalyst | R::Auditor) || manages(role),
        Duty::CompareOffices => matches!(role, R::NodalOfficer) || has(role, Duty::WatchFigures),
        Duty::WatchDesks => matches!(role, R::Auditor) || manages(role),
        Duty::KeepRoster => matches!(
            role,
            R::NodalOfficer | R::AssistantManager | R::SeniorManager | R::PrincipalManager | R::Administrator
        ),
        Duty::WatchHealth => matches!(role, R::Auditor | R::Administrator) || manages(role),
        Duty::SeeSettings => matches!(role, R::Administrator | R::Auditor),
        Duty::Administer => matches!(role, R::Administrator),
        Duty::Audit => matches!(role, R::Auditor),
    }
}

/// Whether a role keeps the roster of another: nodal officers that of the officers of their department, and each rank of managers
/// that of those whom it may release, the higher ones also of the ranks below them.
#[must_use]
pub const fn keeps(role: Role, of: Role) -> bool {
    use Role as R;
    match role {
        R::NodalOfficer => matches!(of, R::OfficeOfficer),
        R::AssistantManager => matches!(of, R::TeleCaller | R::CounterOperator),
        R::SeniorManager => {
            keeps(R::AssistantManager, of)
                || matches!(
                    of,
                    R::OperationalAnalyst
                        | R::VerificationCaller
                        | R::FieldValidator
                        | R::QualityLead
                        | R::DataAnalyst
                        | R::AssistantManager
                )
        }
        R::PrincipalManager => {
            keeps(R::SeniorManager, of) || matches!(of, R::SeniorManager | R::NodalOfficer | R::AppellateAuthority)
        }
        R::Administrator => !matches!(of, R::Citizen | R::System),
        _ => false,
    }
}

const fn manages(role: Role) -> bool {
    matches!(role, Role::AssistantManager | Role::SeniorManager | Role::PrincipalManager | Role::CmoOfficial)
}

impl Role {
    /// Whether the role has a duty; see [`has`].
    #[must_use]
    pub const fn has(self, duty: Duty) -> bool {
        has(self, duty)
    }
}

/// What a call requires of its sender. Further requirements, such as that a case is theirs, are checked with what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: anybody may send it.
    Nothing,
    /// A session.
    Session,
    /// A session of a member of staff.
    Staff,
    /// A session of a role with this duty.
    Duty(Duty),
}

impl Needs {
    /// Whether this actor, or nobody, meets the requirement.
    #[must_use]
    pub fn met_by(self, actor: Option<&Actor>) -> bool {
        match (self, actor) {
            (Self::Nothing, _) => true,
            (_, None) => false,
            (_, Some(actor)) => self.met_by_role(actor.role),
        }
    }

    /// Whether a session of this role meets the requirement.
    #[must_use]
    pub const fn met_by_role(self, role: Role) -> bool {
        match self {
            Self::Nothing | Self::Session => true,
            Self::Staff => !matches!(role, Role::Citizen),
            Self::Duty(duty) => has(role, duty),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::{Standing, sees};
    use crate::wire::Queue;

    /// Who has which duty, as it was designed; the letters are those of the columns.
    const TABLE: &str = "
        citizen             follow                           identity
        counter_operator    intake      search               identity
        tele_caller         intake list search own           identity number
        quality_lead                    search score         identity
        operational_analyst intake list search               identity number
        nodal_officer              list search compare roster identity number
        office_officer             list along search         identity number
        verification_caller        list search call own      identity number
        field_validator            list along search         identity number
        appellate_authority        list search hear          identity number
        data_analyst        figures compare search
        assistant_manager   figures compare search desks roster health
        senior_manager      figures compare search desks roster health
        principal_manager   figures compare search desks roster health
        cmo_official        figures compare search desks health
        administrator       roster health settings administer
        auditor             figures compare search desks health settings identity audit
        system              identity
    ";
    const NAMES: [&str; 19] = [
        "follow",
        "intake",
        "list",
        "along",
        "search",
        "call",
        "hear",
        "score",
        "own",
        "identity",
        "number",
        "figures",
        "compare",
        "desks",
        "roster",
        "health",
        "settings",
        "administer",
        "audit",
    ];

    #[test]
    fn every_cell_of_the_table_is_as_designed() {
        let lines: Vec<Vec<&str>> = TABLE
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(lines.len(), Role::ALL.len());
        for (role, line) in Role::ALL.into_iter().zip(&lines) {
            assert_eq!(serde_json::to_value(role).expect("a name"), line[0]);
            for (duty, name) in Duty::ALL.into_iter().zip(NAMES) {
                assert_eq!(role.has(duty), line[1..].contains(&name), "{role:?} {name}");
            }
        }
    }

    #[test]
    fn who_searches_may_read_some_cases_and_the_other_way_round() {
        let reads = |role| Standing::ALL.into_iter().any(|standing| standing != Standing::Own && sees(role, standing));
        for role in Role::ALL.into_iter().filter(|role| *role != Role::System) {
            assert_eq!(role.has(Duty::Search), reads(role), "{role:?}");
        }
    }

    #[test]
    fn each_rank_of_managers_releases_more_than_the_one_below_and_nobody_themselves() {
        let kept = |role| Role::ALL.into_iter().filter(|of| keeps(role, *of)).count();
        let ranks = [Role::AssistantManager, Role::SeniorManager, Role::PrincipalManager, Role::Administrator];
        assert_eq!(ranks.map(kept), [2, 8, 11, 16]);
        assert_eq!(kept(Role::NodalOfficer), 1);
        for role in Role::ALL {
            assert_eq!(kept(role) > 0, role.has(Duty::KeepRoster), "{role:?}");
            assert!(!keeps(role, role) || role == Role::Administrator, "{role:?}");
            assert!(!keeps(role, Role::Citizen) && !keeps(role, Role::System), "{role:?}");
        }
    }

    #[test]
    fn who_has_a_worklist_has_one_to_work_through() {
        for role in Role::ALL {
            assert_eq!(role.has(Duty::WorkList), Queue::of(role).is_some(), "{role:?}");
        }
    }
}
