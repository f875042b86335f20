//! Permissions: the roles, how an actor stands to a case, and the one table of who may do what.

use crate::lifecycle::{ActionKind, Case, Party};
use crate::names::vocabulary;
use crate::{DepartmentCode, Lgd, OfficeId, PersonId, Reference, StaffId};
use serde::{Deserialize, Serialize};

vocabulary! {
    /// A role in the life of a grievance.
    Role {
        /// A person who lodges grievances, known by a mobile number.
        Citizen,
        /// Lodges for people who come to a service counter.
        CounterOperator,
        /// Lodges for callers during the call.
        TeleCaller,
        /// Hears and scores the calls of about 40 tele-callers.
        QualityLead,
        /// The cell's desk: completes, categorises, merges, orders visits.
        OperationalAnalyst,
        /// The desk of a head of department.
        NodalOfficer,
        /// Acts at a sub-office and writes the Action Taken Report.
        OfficeOfficer,
        /// Asks the citizen by telephone whether it is done.
        VerificationCaller,
        /// Visits the place and the citizen.
        FieldValidator,
        /// Decides appeals in cases that they never handled.
        AppellateAuthority,
        /// Analyses the figures.
        DataAnalyst,
        /// Watches the load of a desk.
        AssistantManager,
        /// Watches several desks.
        SeniorManager,
        /// Leads the cell.
        PrincipalManager,
        /// An official of the Chief Minister's Office, who watches the figures.
        CmoOfficial,
        /// Keeps offices, users and rules.
        Administrator,
        /// Reads everything, changes nothing.
        Auditor,
        /// The program itself: deadlines, and mergers at lodging.
        System,
    }
}

impl Role {
    /// Whether the role belongs to a department, from which an identity may be withheld.
    #[must_use]
    pub fn is_of_department(self) -> bool {
        matches!(self, Self::NodalOfficer | Self::OfficeOfficer)
    }
}

/// Which cases an actor can reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Scope {
    /// A citizen's own cases.
    Own(PersonId),
    /// One case of a citizen, reached by the link in a message about it.
    Case {
        /// The citizen.
        person: PersonId,
        /// The case.
        reference: Reference,
    },
    /// All cases: the cell and the state's offices.
    State,
    /// Cases of one district: field validators.
    District(Lgd),
    /// Cases of a department.
    Department(DepartmentCode),
    /// Cases of one office.
    Office(Party),
}

/// Somebody about to act: account, role and reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Actor {
    /// The staff account; `None` for citizens and the system.
    pub staff: Option<StaffId>,
    /// The role.
    pub role: Role,
    /// Which cases it can reach.
    pub scope: Scope,
    /// For staff: the person to whom the account's mobile number belongs, as it is now; `None` where it has none. Known to the
    /// server alone.
    #[serde(skip)]
    pub person: Option<PersonId>,
}

impl Actor {
    /// Somebody of the staff.
    #[must_use]
    pub fn of_staff(staff: StaffId, role: Role, scope: Scope) -> Self {
        Self { staff: Some(staff), role, scope, person: None }
    }

    /// Nobody yet: how somebody with this role and reach would stand to a case.
    #[must_use]
    pub fn anybody(role: Role, scope: Scope) -> Self {
        Self { staff: None, role, scope, person: None }
    }

    /// The citizen who holds a mobile number.
    #[must_use]
    pub fn citizen(person: PersonId) -> Self {
        Self::anybody(Role::Citizen, Scope::Own(person))
    }

    /// The program itself.
    #[must_use]
    pub fn system() -> Self {
        Self::anybody(Role::System, Scope::State)
    }

    /// The actor's department; `None` for those who belong to none.
    #[must_use]
    pub fn department(&self) -> Option<&DepartmentCode> {
        match &self.scope {
            Scope::Department(department) => Some(department),
            Scope::Office(party) => Some(&party.department),
            Scope::Own(_) | Scope::Case { .. } | Scope::State | Scope::District(_) => None,
        }
    }

    /// The actor's office; `None` for those who belong to none.
    #[must_use]
    pub fn office(&self) -> Option<OfficeId> {
        match &self.scope {
            Scope::Office(party) => party.office,
            _ => None,
        }
    }

    /// Whether it is the grievance of this member of the staff: on that they act as a citizen alone.
    #[must_use]
    pub fn is_own_of_staff(&self, case: &Case) -> bool {
        self.staff.is_some() && self.person == Some(case.citizen) && !case.disowned
    }

    /// How this actor stands to a case. An office or department complained of stands outside, whatever else is true; so
    /// does an appellate authority who has handled the case, and whoever of the staff has lodged it for themselves.
    #[must_use]
    pub fn standing(&self, case: &Case) -> Standing {
        if self.is_own_of_staff(case) {
            return Standing::Outside;
        }
        match &self.scope {
            Scope::Own(person) if *person == case.citizen => Standing::Own,
            Scope::Case { person, reference } if *person == case.citizen && *reference == case.reference => {
                Standing::Own
            }
            Scope::Own(_) | Scope::Case { .. } => Standing::Outside,
            Scope::State => {
                let handled = self.staff.is_some_and(|staff| case.handlers.contains(&staff));
                match self.role {
                    Role::AppellateAuthority if handled => Standing::Outside,
                    // A counter sees what it has lodged itself, and nothing else.
                    Role::CounterOperator if self.staff.is_none() || self.staff != case.lodged_by => Standing::Outside,
                    _ => Standing::Cell,
                }
            }
            Scope::District(district) if case.district == Some(*district) => Standing::Cell,
            Scope::District(_) => Standing::Outside,
            Scope::Department(department) => {
                let party = Party { department: department.clone(), office: None };
                if case.is_complained_of(&party) {
                    Standing::Outside
                } else if case.offered.as_ref().is_some_and(|offer| offer.to == party) {
                    Standing::Receiver
                } else if case.department.as_ref() == Some(department) {
                    Standing::Department
                } else {
                    Standing::Outside
                }
            }
            Scope::Office(party) => {
                if case.is_complained_of(party) {
                    Standing::Outside
                } else if case.offered.as_ref().is_some_and(|offer| offer.to == *party) {
                    Standing::Receiver
                } else if party.office.is_some() && case.office == party.office {
                    Standing::Office
                } else {
                    Standing::Outside
                }
            }
        }
    }
}

/// How an actor stands to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It is their own grievance.
    Own,
    /// They work for the cell or the state, and the case is within their reach.
    Cell,
    /// The case is with their department, at its desk or one of its offices.
    Department,
    /// The case is with their office.
    Office,
    /// The case is offered to them.
    Receiver,
    /// None of these: they may neither see the case nor act on it.
    Outside,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 6] = [Self::Own, Self::Cell, Self::Department, Self::Office, Self::Receiver, Self::Outside];
}

/// The one table of permissions: whether this role, with this standing, may do this at all. Whether the case is in a
/// stage for it is decided in [`crate::lifecycle`].
#[must_use]
pub fn allows(role: Role, action: ActionKind, standing: Standing) -> bool {
    use ActionKind as A;
    use Role as R;
    use Standing as S;
    match action {
        A::Lodge => matches!(
            (role, standing),
            (R::Citizen, S::Own) | (R::CounterOperator | R::TeleCaller | R::OperationalAnalyst, S::Cell)
        ),
        A::RequestInformation => matches!(
            (role, standing),
            (R::OperationalAnalyst, S::Cell) | (R::NodalOfficer, S::Department) | (R::OfficeOfficer, S::Office)
        ),
        A::ProvideInformation => matches!((role, standing), (R::Citizen, S::Own) | (R::TeleCaller, S::Cell)),
        A::AddInformation => matches!((role, standing), (R::Citizen, S::Own) | (R::TeleCaller, S::Cell)),
        A::Categorise | A::OrderVisit | A::Reject => {
            matches!((role, standing), (R::OperationalAnalyst, S::Cell))
        }
        A::Split => matches!((role, standing), (R::OperationalAnalyst, S::Cell)),
        // The system merges a new case where its citizen asks for that, and separates cases whose root has ended
        // without redress.
        A::Merge => matches!((role, standing), (R::OperationalAnalyst | R::System, S::Cell)),
        // A citizen whose case follows another may leave it at any time.
        A::Unmerge => {
            matches!((role, standing), (R::OperationalAnalyst | R::System, S::Cell) | (R::Citizen, S::Own))
        }
        A::Forward | A::ReturnAtr | A::AcceptAtr => matches!((role, standing), (R::NodalOfficer, S::Department)),
        A::OfferTransfer | A::RecordContact | A::SubmitAtr => {
            matches!((role, standing), (R::NodalOfficer, S::Department) | (R::OfficeOfficer, S::Office))
        }
        A::AcceptTransfer | A::RefuseTransfer => {
            matches!((role, standing), (R::NodalOfficer | R::OfficeOfficer, S::Receiver))
        }
        A::RecordCall => matches!((role, standing), (R::VerificationCaller, S::Cell)),
        A::RecordVisit => matches!((role, standing), (R::FieldValidator, S::Cell)),
        A::Confirm | A::Dispute | A::Appeal | A::Withdraw | A::Remind | A::Rate => {
            matches!((role, standing), (R::Citizen, S::Own))
        }
        // A lead has heard the citizen say that it is not done.
        A::Reopen => {
            matches!((role, standing), (R::Citizen, S::Own) | (R::OperationalAnalyst | R::QualityLead, S::Cell))
        }
        A::AnswerAppeal => matches!((role, standing), (R::NodalOfficer, S::Department)),
        A::SetHearing | A::RecordHearing | A::DecideAppeal => {
            matches!((role, standing), (R::AppellateAuthority, S::Cell))
        }
        A::SetEmergency => matches!(
            (role, standing),
            (R::OperationalAnalyst | R::TeleCaller, S::Cell) | (R::NodalOfficer, S::Department)
        ),
        A::BounceTransfer | A::Escalate | A::RemindInformation | A::ReturnUnanswered => {
            matches!((role, standing), (R::System, S::Cell))
        }
        A::DisownNumber => matches!((role, standing), (R::Citizen, S::Own)),
        A::RequestNumberChange => {
            matches!((role, standing), (R::CounterOperator | R::OperationalAnalyst, S::Cell))
        }
        A::ApproveNumberChange | A::RefuseNumberChange => {
            matches!((role, standing), (R::OperationalAnalyst, S::Cell))
        }
        A::Note => match standing {
            S::Cell => matches!(
                role,
                R::TeleCaller
                    | R::QualityLead
                    | R::OperationalAnalyst
                    | R::VerificationCaller
                    | R::FieldValidator
                    | R::AppellateAuthority
                    | R::AssistantManager
                    | R::SeniorManager
                    | R::PrincipalManager
                    | R::CmoOfficial
            ),
            S::Department => role == R::NodalOfficer,
            S::Office => role == R::OfficeOfficer,
            S::Own | S::Receiver | S::Outside => false,
        },
    }
}

/// Whether this role, with this standing, may read the case.
#[must_use]
pub fn sees(role: Role, standing: Standing) -> bool {
    match standing {
        Standing::Own => role == Role::Citizen,
        Standing::Department | Standing::Office | Standing::Receiver => role.is_of_department(),
        Standing::Cell => !matches!(role, Role::Citizen | Role::Administrator) && !role.is_of_department(),
        Standing::Outside => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same table a second time, written independently: action, then who may, as role@standing.
    const TABLE: &str = "
        lodge                citizen@own counter_operator@cell tele_caller@cell operational_analyst@cell
        request_information  operational_analyst@cell nodal_officer@department office_officer@office
        provide_information  citizen@own tele_caller@cell
        remind_information   system@cell
        return_unanswered    system@cell
        add_information      citizen@own tele_caller@cell
        remind               citizen@own
        categorise           operational_analyst@cell
        forward              nodal_officer@department
        offer_transfer       nodal_officer@department office_officer@office
        accept_transfer      nodal_officer@receiver office_officer@receiver
        refuse_transfer      nodal_officer@receiver office_officer@receiver
        bounce_transfer      system@cell
        record_contact       nodal_officer@department office_officer@office
        submit_atr           nodal_officer@department office_officer@office
        return_atr           nodal_officer@department
        accept_atr           nodal_officer@department
        record_call          verification_caller@cell
        order_visit          operational_analyst@cell
        record_visit         field_validator@cell
        confirm              citizen@own
        dispute              citizen@own
        reject               operational_analyst@cell
        merge                operational_analyst@cell system@cell
        unmerge              operational_analyst@cell system@cell citizen@own
        split                operational_analyst@cell
        reopen               citizen@own operational_analyst@cell quality_lead@cell
        appeal               citizen@own
        answer_appeal        nodal_officer@department
        set_hearing          appellate_authority@cell
        record_hearing       appellate_authority@cell
        decide_appeal        appellate_authority@cell
        set_emergency        operational_analyst@cell tele_caller@cell nodal_officer@department
        escalate             system@cell
        withdraw             citizen@own
        rate                 citizen@own
        disown_number        citizen@own
        request_number_change operational_analyst@cell counter_operator@cell
        approve_number_change operational_analyst@cell
        refuse_number_change operational_analyst@cell
        note                 tele_caller@cell quality_lead@cell operational_analyst@cell verification_caller@cell field_validator@cell appellate_authority@cell assistant_manager@cell senior_manager@cell principal_manager@cell cmo_official@cell nodal_officer@department office_officer@office
    ";

    fn name<T: Serialize>(value: T) -> String {
        serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).expect("a name")
    }

    #[test]
    fn every_cell_of_the_permission_table_is_as_designed() {
        let rows: std::collections::BTreeMap<&str, Vec<&str>> = TABLE
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some((words.next()?, words.collect()))
            })
            .collect();
        assert_eq!(rows.len(), ActionKind::ALL.len());
        let mut cells = 0;
        for action in ActionKind::ALL {
            for role in Role::ALL {
                for standing in Standing::ALL {
                    let cell = format!("{}@{}", name(role), format!("{standing:?}").to_lowercase());
                    let expected = rows[name(action).as_str()].contains(&cell.as_str());
                    assert_eq!(allows(role, action, standing), expected, "{action:?} by {cell}");
                    cells += 1;
                }
            }
        }
        assert_eq!(cells, 41 * 18 * 6);
    }

    #[test]
    fn nobody_outside_sees_or_does_anything() {
        for role in Role::ALL {
            assert!(!sees(role, Standing::Outside));
            assert!(ActionKind::ALL.into_iter().all(|action| !allows(role, action, Standing::Outside)));
        }
    }

    #[test]
    fn an_auditor_changes_nothing() {
        for action in ActionKind::ALL {
            assert!(Standing::ALL.into_iter().all(|standing| !allows(Role::Auditor, action, standing)));
        }
    }
}
