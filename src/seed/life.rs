//! One life: a case with everything that happens to it, until it ends or the present is reached.

use super::Taken;
use super::world::{Text, World};
use anyhow::{Result, bail};
use chrono::{Datelike, Duration, Weekday};
use fastrand::Rng;
use model::atr::{Atr, Outcome};
use model::clock::{ist_date, ist_midnight};
use model::lifecycle::{
    Action, CallOutcome, Channel, ContactMeans, Details, Gender, Ground, Hearing, HearingMeans, Lodged, Party, Setting,
    Stage, Statement, VisitFinding, due_action,
};
use model::names::code_of;
use model::visit::{Meeting, Visit};
use model::wire::{District, Place};
use model::{Actor, Language, Lgd, Mobile, PersonId, Reference, Role, Rules, Time, answer};
use server::app::decision::{Decided, Known, party};
use server::state::App;
use server::store::Life;

/// Days over which the lodgings are spread.
const DAYS: u64 = 180;
/// How many lodgings are drawn until the rulebook accepts one.
const TRIES: u32 = 20;

/// A moment of lodging: fewer on Sundays, most in the morning, more in the last weeks.
pub fn lodging_time(rng: &mut Rng, until: Time) -> Time {
    loop {
        let back = (rng.f64() * rng.f64().sqrt() * 180.0) as u64;
        let Some(day) = ist_date(until).checked_sub_days(chrono::Days::new(back.min(DAYS))) else { continue };
        if day.weekday() == Weekday::Sun && rng.u8(..) < 180 {
            continue;
        }
        // Two peaks: around eleven and around five.
        let centre = if rng.u8(..) < 170 { 11.0 } else { 17.0 };
        let hour: f64 = centre + (rng.f64() + rng.f64() + rng.f64() - 1.5) * 4.0;
        let at = ist_midnight(day) + Duration::seconds((hour.clamp(0.0, 23.9) * 3600.0) as i64);
        if at < until {
            return at;
        }
    }
}

/// One of some things, the first ones more often: Zipf's law with exponent 1.
fn zipf(rng: &mut Rng, count: usize) -> usize {
    let sum: f64 = (1..=count).map(|rank| 1.0 / rank as f64).sum();
    let mut left = rng.f64() * sum;
    for rank in 1..=count {
        left -= 1.0 / rank as f64;
        if left <= 0.0 {
            return rank - 1;
        }
    }
    0
}

fn chance(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}

fn pick<'a, T>(rng: &mut Rng, things: &'a [T]) -> Option<&'a T> {
    if things.is_empty() { None } else { things.get(rng.usize(..things.len())) }
}

/// What all lives share.
pub struct Past {
    /// Offices, accounts and texts.
    pub world: World,
    /// Facts and secret of the system. Its store is not used.
    pub app: App,
    /// The present moment.
    pub until: Time,
}

impl Past {
    fn rules(&self) -> &Rules {
        &self.app.facts.rules
    }
}

/// The start of a life. Starts are drawn one after the other; the rest of each life follows from its own seed, so that lives
/// can be generated in parallel.
#[derive(Debug, Clone)]
pub struct Beginning {
    start: Time,
    reference: Reference,
    citizen: PersonId,
    mobile: Mobile,
    /// Whether it is the citizen's first case.
    first: bool,
    seed: u64,
}

impl Beginning {
    /// Its reference, and the number that lodges it.
    #[must_use]
    pub fn called(&self) -> (Reference, Mobile) {
        (self.reference, self.mobile.clone())
    }

    /// Draws one with a reference that is not taken.
    pub fn draw(rng: &mut Rng, app: &App, taken: &mut Taken, start: Time) -> Self {
        let reference = loop {
            let reference = Reference::from_payload(rng.u64(..Reference::PAYLOADS));
            if taken.references.insert(reference) {
                break reference;
            }
        };
        let mobile = loop {
            if let Ok(mobile) = Mobile::parse(&format!("6{:09}", rng.u32(..1_000_000_000))) {
                break mobile;
            }
        };
        let citizen = app.person(&mobile);
        Self { start, reference, citizen, first: taken.people.insert(citizen), mobile, seed: rng.u64(..) }
    }
}

/// A life that is being generated.
struct Living<'a> {
    rng: Rng,
    past: &'a Past,
    beginning: &'a Beginning,
    life: Life,
    now: Time,
    locality: String,
    /// How likely this office is to have done what it reports, percent.
    honest: u32,
    /// Whether nobody ever answers the telephone.
    unreachable: bool,
}

impl Living<'_> {
    /// Lets the system act on what falls due up to a moment, each at its own.
    fn play(&mut self, to: Time) {
        while let Some(at) = self.life.next_deadline.filter(|at| *at <= to) {
            self.now = self.now.max(at);
            let Some(action) = due_action(&self.life.case, self.past.rules(), self.now) else { break };
            if !self.act(&Actor::system(), action) {
                break;
            }
        }
    }

    /// Lets some hours pass; the system acts on what falls due in them. False where the present is reached.
    fn wait(&mut self, hours: f64) -> bool {
        let spread = 0.3 + self.rng.f64() * 1.4;
        let faster = if self.life.case.lane.is_emergency() { 0.1 } else { 1.0 };
        let next = self.now + Duration::seconds((hours * spread * faster * 3600.0) as i64);
        let until = self.past.until;
        self.play(next.min(until));
        self.now = self.now.max(next.min(until));
        next <= until
    }

    fn act(&mut self, actor: &Actor, action: Action) -> bool {
        let setting = Setting { number_shown: true, ..Setting::new(self.past.rules(), self.now) };
        let Ok(decided) = Decided::of(&self.life.case, actor, action, &setting) else { return false };
        let known = self.known(&decided);
        let append = decided.append(&self.past.app, &known);
        self.life.then(append);
        true
    }

    /// What the messages need. No generated case has followers, and no number changes.
    fn known(&self, decided: &Decided<'_>) -> Known {
        let Beginning { reference, mobile, first, .. } = self.beginning;
        let officers = match decided.for_officers() {
            Some(_) => party(&self.life.case).and_then(|party| self.past.world.mobile_of(&party)),
            None => None,
        };
        Known {
            citizen: Some(mobile.clone()),
            codes: answer::codes(*reference, *first, decided.case.reports),
            officers: officers.into_iter().collect(),
            ..Known::default()
        }
    }

    fn report(&mut self, outcome: Outcome) -> String {
        let category = self.life.case.category.clone().unwrap_or_default();
        let top = category.split('.').next().unwrap_or_default().to_owned();
        let texts =
            self.past.world.reports.get(&(top, code_of(&outcome).to_owned())).map(Vec::as_slice).unwrap_or_default();
        let text = pick(&mut self.rng, texts)
            .map_or_else(|| "কাজ শেষ হয়েছে, ঘটনাস্থলে গিয়ে দেখা হয়েছে।".to_owned(), |text| text.text.clone());
        filled(&mut self.rng, &text, &self.locality)
    }

    fn live(&mut self) -> Option<()> {
        let analyst = self.past.world.cell(Role::OperationalAnalyst);
        let citizen = Actor::citizen(self.life.case.citizen);
        self.go(4.0)?;
        if chance(&mut self.rng, 2) {
            self.act(
                &analyst,
                Action::RequestInformation {
                    missing: "কোন পাড়ায়, একটু জানাবেন?".into()
                },
            );
            self.go(30.0)?;
            self.act(&citizen, Action::ProvideInformation { text: self.locality.clone(), photos: vec![] });
            self.go(3.0)?;
        }
        if chance(&mut self.rng, 2) {
            let ground = *pick(&mut self.rng, &Ground::ALL)?;
            self.act(
                &analyst,
                Action::Reject {
                    ground, reason: "আইন অনুযায়ী এখানে নেওয়া যায় না।".into()
                },
            );
            return None;
        }
        self.categorise(&analyst);
        for round in 0..3 {
            if !self.department_round()? {
                return None;
            }
            if !self.verification_round(round)? {
                return None;
            }
            if self.life.case.stage == Stage::Redressed {
                // About one in twelve comes back.
                if round == 0 && chance(&mut self.rng, 9) {
                    self.go(24.0 * 8.0)?;
                    self.act(&citizen, Action::Reopen { reason: "আবার একই অবস্থা।".into() });
                    continue;
                }
                return None;
            }
        }
        None
    }

    fn go(&mut self, hours: f64) -> Option<()> {
        self.wait(hours).then_some(())
    }

    fn categorise(&mut self, analyst: &Actor) {
        let Some(category) = self.life.case.category.clone() else { return };
        let Some(rule) = self.past.rules().categories.get(&category).cloned() else { return };
        let urban = self.life.case.urban == Some(true);
        let department = rule.department_urban.filter(|_| urban).unwrap_or(rule.department);
        let lane = self.life.case.lane;
        let action = Action::Categorise {
            category,
            department,
            lane,
            district: None,
            place: None,
            complained_of: None,
            remark: String::new(),
        };
        self.act(analyst, action);
    }

    /// From the department's desk to an accepted report. `Some(false)` where it cannot go on.
    fn department_round(&mut self) -> Option<bool> {
        self.go(8.0)?;
        let department = self.life.case.department.clone()?;
        let nodal = self.past.world.nodal(&department);
        let key = (department.clone(), self.life.case.district?);
        let Some(offices) = self.past.world.by_district.get(&key).cloned() else { return Some(false) };
        let office = match self.life.case.office.filter(|_| self.life.case.stage == Stage::WithOffice) {
            // It goes on with the rest of its work.
            Some(office) => office,
            None => {
                let office = *pick(&mut self.rng, &offices)?;
                self.act(&nodal, Action::Forward { office, remark: String::new() });
                office
            }
        };
        let mut officer = self.past.world.officer(&department, office);
        if offices.len() > 1 && chance(&mut self.rng, 12) {
            self.go(10.0)?;
            let other = *pick(&mut self.rng, &offices)?;
            let to = Party { department: department.clone(), office: Some(other) };
            if self.act(
                &officer,
                Action::OfferTransfer {
                    to, reason: "এটি পাশের অফিসের এলাকা।".into()
                },
            ) {
                self.go(12.0)?;
                officer = self.past.world.officer(&department, other);
                if !self.act(&officer, Action::AcceptTransfer) {
                    return Some(false);
                }
            }
        }
        self.go(24.0)?;
        self.act(
            &officer,
            Action::RecordContact {
                means: ContactMeans::Phone, text: "আবেদনকারীর সঙ্গে ফোনে কথা হয়েছে।".into()
            },
        );
        self.go(60.0)?;
        let outcome = match self.rng.u32(..100) {
            0..=4 => Outcome::CannotBeDone,
            5..=9 => Outcome::PartlyDone,
            _ => Outcome::Done,
        };
        let text = self.report(outcome);
        let next_date = (outcome == Outcome::PartlyDone).then(|| ist_date(self.now + Duration::days(7)));
        let (contact, no_contact_reason) = (None, String::new());
        let atr = Atr {
            outcome,
            text,
            next_date,
            contact,
            no_contact_reason,
            photos: vec![],
            answers: vec![],
            shots: vec![],
        };
        if !self.act(&officer, Action::SubmitAtr(atr.clone())) {
            // Its words tripped the lapse check: an officer would write it again.
            let text = "ঘটনাস্থলে গিয়ে কাজ শেষ করা হয়েছে, আবেদনকারীকে দেখানো হয়েছে।".to_owned();
            if !self.act(&officer, Action::SubmitAtr(Atr { text, ..atr })) {
                return Some(false);
            }
        }
        self.go(14.0)?;
        Some(self.act(&nodal, Action::AcceptAtr { remark: String::new() }))
    }

    /// Lets time pass up to a moment; `None` where the present is reached before.
    fn go_to(&mut self, at: Time) -> Option<()> {
        let reached = at.min(self.past.until);
        self.play(reached);
        self.now = self.now.max(reached);
        (at <= self.past.until).then_some(())
    }

    /// Of those who did not get what they asked for, one in eight appeals. Both sides are heard, and half of them are right.
    fn appeal(&mut self) -> Option<()> {
        let refused =
            matches!(self.life.case.stage, Stage::NotAdmissible | Stage::Explained | Stage::ClosedUnconfirmed);
        if !refused || !chance(&mut self.rng, 12) {
            return None;
        }
        self.go(24.0 * 5.0)?;
        let citizen = Actor::citizen(self.life.case.citizen);
        let authority = self.past.world.cell(Role::AppellateAuthority);
        self.act(
            &citizen,
            Action::Appeal {
                reason: "কাজ হয়নি, আমার কথা কেউ শোনেননি।".into()
            },
        )
        .then_some(())?;
        self.go(20.0)?;
        if let Some(department) = self.life.case.department.clone() {
            let text = "দপ্তরের লোক গিয়েছিলেন, কী করা হয়েছিল রিপোর্টে লেখা আছে।".into();
            self.act(&self.past.world.nodal(&department), Action::AnswerAppeal { text, photos: vec![] });
            self.go(10.0)?;
        }
        let means = *pick(&mut self.rng, &HearingMeans::ALL)?;
        let (days, hour) = (self.rng.i64(3..10), self.rng.i64(10..17));
        let mut day = ist_date(self.now + Duration::days(days));
        while !self.past.rules().calendar.is_working_day(day) {
            day = day.succ_opt()?;
        }
        let at = ist_midnight(day) + Duration::hours(hour);
        let text = if means == HearingMeans::AtOffice {
            "জেলা অফিস, দোতলা, ১২ নম্বর ঘর। কাগজপত্র সঙ্গে আনবেন।"
        } else {
            ""
        };
        self.act(&authority, Action::SetHearing { hearing: Hearing { at, means }, text: text.into() });
        self.go_to(at)?;
        self.go(8.0)?;
        let text = "আবেদনকারী বললেন, কাজ শেষ হয়নি। দপ্তর বলল, মাল এসে গেছে।".into();
        let office = chance(&mut self.rng, 80);
        self.act(&authority, Action::RecordHearing { citizen: !self.unreachable, office, text });
        self.go(30.0)?;
        let upheld = chance(&mut self.rng, 50);
        let (found, ordered) = match upheld {
            true => ("কাজের একটা অংশ বাকি।", "দপ্তর ১৫ দিনের মধ্যে বাকি কাজ শেষ করবে।"),
            false => ("রিপোর্টে যা লেখা, তা-ই দেখা গেছে।", ""),
        };
        let reason = "দুই পক্ষের কথা ও রিপোর্ট মিলিয়ে দেখা হয়েছে।".into();
        let (found, ordered) = (found.to_owned(), ordered.to_owned());
        self.act(&authority, Action::DecideAppeal { upheld, reason, found, ordered });
        if upheld && self.life.case.stage == Stage::WithDepartment && self.department_round()? {
            self.verification_round(2)?;
        }
        None
    }

    /// Calls and visits until the case leaves verification. `Some(false)` where nothing more happens.
    fn verification_round(&mut self, round: u32) -> Option<bool> {
        let caller = self.past.world.cell(Role::VerificationCaller);
        let satisfied = self.honest + round * 10;
        for _ in 0..6 {
            self.go(16.0)?;
            if self.life.case.visit_due && chance(&mut self.rng, 40) {
                let validator = self.past.world.validator(self.life.case.district?);
                let finding = match chance(&mut self.rng, satisfied) {
                    _ if self.unreachable => VisitFinding::DoneCitizenNotMet,
                    true => VisitFinding::DoneCitizenAgrees,
                    false => VisitFinding::NotDone,
                };
                let text = "ঘটনাস্থলে গিয়ে দেখা হয়েছে।".into();
                let meeting = if self.unreachable { Meeting::NotAtHome } else { Meeting::MetThere };
                let visit = Visit {
                    finding,
                    text,
                    meeting: Some(meeting),
                    checks: vec![],
                    position: None,
                    photos: vec![],
                    shots: vec![],
                };
                self.act(&validator, Action::RecordVisit(visit));
            } else {
                let outcome = match self.rng.u32(..100) {
                    _ if self.unreachable => CallOutcome::NotReached,
                    0..10 => CallOutcome::NotReached,
                    _ if chance(&mut self.rng, satisfied) => CallOutcome::Confirmed,
                    _ => CallOutcome::Disputed,
                };
                // What is missing has to be said.
                let remark = if outcome == CallOutcome::Disputed {
                    "কাজটা এখনও হয়নি।"
                } else {
                    ""
                };
                let (remark, call_id) = (remark.to_owned(), String::new());
                self.act(&caller, Action::RecordCall { outcome, remark, call_id, later: None });
            }
            if self.life.case.stage != Stage::Verification {
                return Some(self.life.case.stage != Stage::ClosedUnconfirmed);
            }
        }
        Some(false)
    }
}

/// The language of a text: 60 % Bengali, 15 % English, 10 % Bengali in Latin letters, 10 % Hindi, the rest others.
fn text_of<'a>(rng: &mut Rng, texts: &'a [Text]) -> Option<&'a Text> {
    let wanted = match rng.u32(..100) {
        0..60 => Language::Bengali,
        60..75 => Language::English,
        75..85 => Language::BengaliLatin,
        85..95 => Language::Hindi,
        95..97 => Language::Nepali,
        97..99 => Language::Urdu,
        _ => Language::Santali,
    };
    let fitting: Vec<&Text> = texts.iter().filter(|text| text.language == wanted).collect();
    pick(rng, &fitting).copied().or_else(|| pick(rng, texts))
}

/// Districts by their number of people, most first.
const POPULOUS: [u32; 23] =
    [303, 304, 319, 318, 312, 320, 317, 313, 315, 316, 307, 306, 704, 305, 321, 314, 308, 311, 310, 309, 664, 703, 702];

/// What people lodge about most, most frequent first; all others share what is left.
const FREQUENT: [&str; 16] = [
    "roads.potholes",
    "ration.quantity",
    "water.tubewell",
    "women.lakshmir",
    "pension.oldage",
    "roads.unmade",
    "housing.inclusion",
    "land.mutation",
    "power.outage",
    "roads.drain",
    "health.swasthya",
    "education.kanyashree",
    "labour.jobcard",
    "certificates.caste",
    "water.supply",
    "police.inaction",
];

/// A category: Zipf over the frequent ones, evenly over the rest.
fn category(rng: &mut Rng, world: &World) -> String {
    let frequent: Vec<&str> = FREQUENT.into_iter().filter(|code| world.texts.contains_key(*code)).collect();
    if chance(rng, 72)
        && let Some(code) = frequent.get(zipf(rng, frequent.len()))
    {
        return (*code).to_owned();
    }
    world.texts.keys().nth(rng.usize(..world.texts.len().max(1))).cloned().unwrap_or_default()
}

/// A district and a place in it.
fn somewhere<'a>(
    rng: &mut Rng,
    districts: &'a [District],
    category: &str,
) -> (Option<&'a District>, Option<&'a Place>) {
    // Half of the ration grievances come from four districts.
    let skewed = category.starts_with("ration") && chance(rng, 50);
    let rank = if skewed { 9 + rng.usize(..4) } else { zipf(rng, POPULOUS.len() + 12).min(POPULOUS.len() + 11) };
    let lgd = POPULOUS.get(rank).or_else(|| POPULOUS.get(rank % 7 * 3)).copied().map(Lgd::new);
    let district = districts.iter().find(|district| Some(district.lgd) == lgd).or_else(|| districts.first());
    let rural = chance(rng, 67);
    let places: Vec<_> = district
        .map(|district| district.places.iter().filter(|place| place.urban != rural).collect())
        .unwrap_or_default();
    let place = pick(rng, &places).copied().or_else(|| district.and_then(|district| pick(rng, &district.places)));
    (district, place)
}

fn gender(rng: &mut Rng) -> Gender {
    match rng.u32(..100) {
        0..4 => Gender::Unstated,
        4..47 => Gender::Woman,
        47..99 => Gender::Man,
        _ => Gender::Other,
    }
}

fn channel(rng: &mut Rng) -> Channel {
    match rng.u32(..100) {
        0..45 => Channel::Call,
        45..70 => Channel::Web,
        70..92 => Channel::Counter,
        92..97 => Channel::Letter,
        _ => Channel::Email,
    }
}

/// The lodging, and the locality as the citizen says it.
fn lodged(rng: &mut Rng, past: &Past, beginning: &Beginning) -> (Lodged, String) {
    let Past { world, app, .. } = past;
    let category = category(rng, world);
    let (district, place) = somewhere(rng, &app.facts.tables.reference.districts, &category);
    let gender = gender(rng);
    let texts = world.texts.get(&category).map(Vec::as_slice).unwrap_or_default();
    let words =
        text_of(rng, texts).cloned().unwrap_or(Text { language: Language::Bengali, text: "অভিযোগ".into() });
    let script = if words.language == Language::Bengali { "bn" } else { "en" };
    let named = |rng: &mut Rng, kind: &str| {
        let names = world.names.get(&(script.to_owned(), kind.to_owned())).map(Vec::as_slice).unwrap_or_default();
        pick(rng, names).cloned().unwrap_or_default()
    };
    let locality = named(rng, "locality");
    let first = named(rng, if gender == Gender::Woman { "woman" } else { "man" });
    let name = format!("{first} {}", named(rng, "surname"));
    let lodged = Lodged {
        reference: beginning.reference,
        citizen: beginning.citizen,
        number_verified: chance(rng, 80),
        channel: channel(rng),
        language: if words.language == Language::English { Language::English } else { Language::Bengali },
        gender,
        category: Some(category.into()),
        district: district.map(|district| district.lgd),
        place: place.map(|place| place.lgd),
        urban: place.map(|place| place.urban),
        photos: vec![],
        details: Details::default(),
        statement: Statement {
            text: filled(rng, &words.text, &locality),
            language: words.language,
            landmark: locality.clone(),
            name,
            no_contact: String::new(),
            order: None,
            lapses: Vec::new(),
        },
    };
    (lodged, locality)
}

/// Replaces the variables of a text.
fn filled(rng: &mut Rng, text: &str, place: &str) -> String {
    let months = rng.u32(2..9).to_string();
    let people = rng.u32(3..13).to_string();
    text.replace("{place}", place).replace("{months}", &months).replace("{n}", &people)
}

/// Generates one life.
///
/// # Errors
/// Where the rulebook refuses every lodging that is drawn.
pub fn live(past: &Past, beginning: &Beginning) -> Result<Life> {
    let mut rng = Rng::with_seed(beginning.seed);
    for _ in 0..TRIES {
        let (lodged, locality) = lodged(&mut rng, past, beginning);
        let actor = match lodged.channel {
            Channel::Call => past.world.cell(Role::TeleCaller),
            Channel::Counter => past.world.cell(Role::CounterOperator),
            Channel::Letter | Channel::Email => past.world.cell(Role::OperationalAnalyst),
            Channel::Web | Channel::WebForm => Actor::citizen(beginning.citizen),
        };
        let Ok(Some(decided)) = Decided::lodged(lodged, &actor, past.rules(), beginning.start) else { continue };
        let known = Known { citizen: Some(beginning.mobile.clone()), ..Known::default() };
        let life = Life::of(decided.append(&past.app, &known).of_new(beginning.mobile.clone()));
        let (honest, unreachable) = (45 + rng.u32(..30), chance(&mut rng, 9));
        let mut living = Living { rng, past, beginning, life, now: beginning.start, locality, honest, unreachable };
        // Ends with `None` where the present is reached or nothing more happens.
        let _ = living.live();
        let _ = living.appeal();
        // Where nobody does anything more, deadlines still fall due up to the present.
        living.play(past.until);
        return Ok(living.life);
    }
    bail!("the rulebook refuses {TRIES} lodgings in a row")
}
