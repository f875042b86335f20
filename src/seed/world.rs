//! Offices, accounts, and the words of the made-up past.

use super::CELL;
use anyhow::{Context, Result};
use model::lifecycle::Party;
use model::wire::{Names, Office};
use model::{Actor, DepartmentCode, Language, Lgd, Mobile, OfficeId, Role, Scope, StaffId};
use server::app::password;
use server::store::Account;
use server::tables::Tables;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The password of every demo account; they exist in demonstrations alone.
pub const DEMO_PASSWORD: &str = "pratikar-demo";

/// Departments with an office in every block: those that work in villages.
const IN_EVERY_BLOCK: [&str; 8] = ["PRD", "PHE", "LLR", "FS", "WCDSW", "AGRI", "HFW", "POW"];

/// A text that somebody might have written.
#[derive(Debug, Clone)]
pub struct Text {
    pub language: Language,
    pub text: String,
}

/// Everything that the generator draws from.
#[derive(Debug, Clone)]
pub struct World {
    /// Every office.
    pub offices: Vec<Office>,
    /// Offices of a department and district.
    pub by_district: HashMap<(DepartmentCode, Lgd), Vec<OfficeId>>,
    /// Leaf category and its texts.
    pub texts: BTreeMap<String, Vec<Text>>,
    /// Top category and outcome: reports.
    pub reports: HashMap<(String, String), Vec<Text>>,
    /// Names by script and kind.
    pub names: HashMap<(String, String), Vec<String>>,
    districts: Vec<(Lgd, String)>,
    departments: Vec<DepartmentCode>,
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).filter(|line| !line.is_empty()).map(|line| line.split('\t').collect())
}

fn language(tag: &str) -> Result<Language> {
    Language::from_tag(tag).with_context(|| format!("unknown language {tag}"))
}

impl World {
    /// The world of these tables.
    ///
    /// # Errors
    /// Where the generator's own tables are damaged.
    pub fn of(tables: &Tables) -> Result<Self> {
        let offices = offices(tables);
        let mut by_district: HashMap<_, Vec<_>> = HashMap::new();
        for office in &offices {
            if let Some(district) = office.district {
                by_district.entry((office.department.clone(), district)).or_default().push(office.id);
            }
        }
        let mut texts: BTreeMap<String, Vec<Text>> = BTreeMap::new();
        for row in rows(include_str!("texts.tsv")) {
            let [category, tag, _, text] = row[..] else { continue };
            let text = Text { language: language(tag)?, text: text.to_owned() };
            texts.entry(category.to_owned()).or_default().push(text);
        }
        let mut reports: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows(include_str!("reports.tsv")) {
            let [category, outcome, tag, text] = row[..] else { continue };
            let text = Text { language: language(tag)?, text: text.to_owned() };
            reports.entry((category.to_owned(), outcome.to_owned())).or_default().push(text);
        }
        let mut names: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows(include_str!("names.tsv")) {
            let [script, kind, name] = row[..] else { continue };
            names.entry((script.to_owned(), kind.to_owned())).or_default().push(name.to_owned());
        }
        let reference = &tables.reference;
        let districts = reference.districts.iter().map(|district| (district.lgd, district.name.en.clone())).collect();
        let departments = reference.departments.iter().map(|department| department.code.clone()).collect();
        Ok(Self { offices, by_district, texts, reports, names, districts, departments })
    }

    /// The account of a role of the cell.
    #[must_use]
    pub fn cell(&self, role: Role) -> Actor {
        let position = CELL.iter().position(|(_, other, _)| *other == role).unwrap_or(0);
        Actor::of_staff(staff(1, position), role, Scope::State)
    }

    /// The nodal officer of a department.
    #[must_use]
    pub fn nodal(&self, department: &str) -> Actor {
        let position = self.departments.iter().position(|code| code == department).unwrap_or(0);
        Actor::of_staff(staff(1_000, position), Role::NodalOfficer, Scope::Department(department.into()))
    }

    /// The field validator of a district.
    #[must_use]
    pub fn validator(&self, district: Lgd) -> Actor {
        let position = self.districts.iter().position(|(lgd, _)| *lgd == district).unwrap_or(0);
        Actor::of_staff(staff(2_000, position), Role::FieldValidator, Scope::District(district))
    }

    /// The officer of an office.
    #[must_use]
    pub fn officer(&self, department: &str, office: OfficeId) -> Actor {
        let party = Party { department: department.into(), office: Some(office) };
        Actor::of_staff(StaffId::new(10_000 + office.get()), Role::OfficeOfficer, Scope::Office(party))
    }

    /// The number of whoever works for an office or at a department's desk.
    #[must_use]
    pub fn mobile_of(&self, party: &Party) -> Option<Mobile> {
        mobile(&match party.office {
            Some(office) => self.officer(&party.department, office),
            None => self.nodal(&party.department),
        })
    }

    /// Every account, all with the demo password.
    ///
    /// # Errors
    /// Where the password cannot be hashed.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        let password = password::hash(DEMO_PASSWORD)?;
        let account = |actor: Actor, username: String, name: String| Account {
            mobile: mobile(&actor),
            actor,
            username,
            name,
            password: password.clone(),
        };
        let mut accounts = Vec::new();
        for (position, (username, role, name)) in CELL.into_iter().enumerate() {
            let actor = Actor { staff: Some(staff(1, position)), ..self.cell(role) };
            accounts.push(account(actor, username.to_owned(), name.to_owned()));
        }
        for department in &self.departments {
            let username = format!("nodal.{}", department.to_lowercase());
            accounts.push(account(self.nodal(department), username, format!("Nodal officer, {department}")));
        }
        for (lgd, name) in &self.districts {
            accounts.push(account(
                self.validator(*lgd),
                format!("validator.{}", slug(name)),
                format!("Validator, {name}"),
            ));
        }
        let mut taken = BTreeSet::new();
        for office in &self.offices {
            let place = office.name.en.split(',').next().unwrap_or_default();
            let mut username = format!("officer.{}.{}", office.department.to_lowercase(), slug(place));
            if !taken.insert(username.clone()) {
                username = format!("{username}.{}", office.id);
            }
            accounts.push(account(self.officer(&office.department, office.id), username, office.name.en.clone()));
        }
        Ok(accounts)
    }
}

fn mobile(actor: &Actor) -> Option<Mobile> {
    Mobile::parse(&format!("70000{:05}", actor.staff.map_or(0, StaffId::get))).ok()
}

fn staff(base: u32, position: usize) -> StaffId {
    StaffId::new(base + u32::try_from(position).unwrap_or(0))
}

fn slug(name: &str) -> String {
    let dashed: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    dashed.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// An office in each district for every department that a category names, and in each block for those that work
/// in villages.
fn offices(tables: &Tables) -> Vec<Office> {
    let rules = tables.rules.categories.values();
    let working: BTreeSet<&str> = rules
        .flat_map(|rule| std::iter::once(&rule.department).chain(&rule.department_urban))
        .map(DepartmentCode::as_str)
        .collect();
    let mut offices = Vec::new();
    for department in &tables.reference.departments {
        if !working.contains(department.code.as_str()) {
            continue;
        }
        let mut open = |district: Lgd, place: &Names| {
            let id = OfficeId::new(1 + u32::try_from(offices.len()).unwrap_or(0));
            let name = Names {
                en: format!("{}, {}", place.en, department.short.en),
                bn: format!("{}, {}", place.bn, department.short.bn),
                ..Names::default()
            };
            let department = department.code.clone();
            offices.push(Office { id, department, district: Some(district), name, closed: false });
        };
        for district in &tables.reference.districts {
            open(district.lgd, &district.name);
            if IN_EVERY_BLOCK.contains(&department.code.as_str()) {
                for place in district.places.iter().filter(|place| !place.urban) {
                    open(district.lgd, &place.name);
                }
            }
        }
    }
    offices
}

/// A sign-in that the demo prints.
#[derive(Debug, Clone, Copy)]
pub struct SignIn {
    /// Name to sign in with.
    pub username: &'static str,
    /// Who that is.
    pub who: &'static str,
}

/// The sign-ins of the story: one for each of its people.
#[must_use]
pub fn sign_ins() -> [SignIn; 15] {
    [
        SignIn { username: "telecaller", who: "tele-caller: lodges for callers" },
        SignIn { username: "analyst", who: "operational analyst: the cell's desk" },
        SignIn { username: "nodal.phe", who: "nodal officer, Public Health Engineering" },
        SignIn { username: "officer.phe.bolpur-sriniketan", who: "office officer, Bolpur-Sriniketan" },
        SignIn { username: "caller", who: "verification caller" },
        SignIn { username: "quality", who: "quality lead: hears and scores calls" },
        SignIn { username: "counter", who: "counter operator: lodges for those who come" },
        SignIn { username: "validator.birbhum", who: "field validator, Birbhum" },
        SignIn { username: "appellate", who: "appellate authority" },
        SignIn { username: "manager", who: "senior manager: load of the desks" },
        SignIn { username: "cmo", who: "CMO official: live dashboard" },
        SignIn { username: "data", who: "data analyst" },
        SignIn { username: "admin", who: "administrator: rules, tables, accounts" },
        SignIn { username: "auditor", who: "auditor: reads all, changes nothing" },
        SignIn { username: "nodal.prd", who: "nodal officer, Panchayats and Rural Development" },
    ]
}
