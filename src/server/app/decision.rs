//! What follows from a decision: the case after it, the messages, and what is written. Every change of a case goes through
//! here: `act::execute`, lodging, changes of number, and the generator of demo data.
//!
//! The decision itself reads no store: [`Known::of`] looks up beforehand what the messages need. The generator fills in
//! [`Known`] by itself, because its cases are in no store yet.

use super::message::{codes_of, to_a_hearing, to_citizen, to_officers};
use super::number;
use crate::state::App;
use crate::store::{Append, NewMessage, StoreError};
use crate::tables::SUPERIORS_FROM;
use model::lifecycle::{self, Action, Case, Event, EventBody, Holder, Lodged, Party, Refusal, Setting};
use model::message::{Template, for_citizen};
use model::{Actor, Mobile, Rules, Time};

/// A case after a decision, with the events that led there.
#[derive(Debug, Clone)]
pub struct Decided<'a> {
    /// The case before; `None` for a new case.
    before: Option<&'a Case>,
    /// The case after it.
    pub case: Case,
    /// What was decided, in order.
    pub events: Vec<Event>,
    /// The due date that the receipt of a new case promises.
    promised: Option<Time>,
}

/// What the messages about a decision need besides the case.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The number of its citizen; `None` where they get no message.
    pub citizen: Option<Mobile>,
    /// The codes by which its citizen answers a question with yes and with no.
    pub codes: (u8, u8),
    /// The case that it follows, whose officers do the work. Looked up only where officers are told.
    pub root: Option<Case>,
    /// The numbers of the officers who hold it.
    pub officers: Vec<Mobile>,
    /// The numbers of its department's desk. Looked up only where that is called to a hearing.
    pub desk: Vec<Mobile>,
    /// Its followers, with the numbers of their citizens.
    pub followers: Vec<(Case, Mobile)>,
    /// For a change of number: the old one and the new one, where known.
    pub numbers: (Option<Mobile>, Option<Mobile>),
}

impl<'a> Decided<'a> {
    /// Decides on what somebody wants to do.
    ///
    /// # Errors
    /// The refusal of the rulebook.
    pub fn of(before: &'a Case, actor: &Actor, action: Action, setting: &Setting<'_>) -> Result<Self, Refusal> {
        Ok(Self::by(before, lifecycle::decide(before, actor, action, setting)?))
    }

    /// Applies events that were decided elsewhere.
    #[must_use]
    pub fn by(before: &'a Case, events: Vec<Event>) -> Self {
        let mut case = before.clone();
        events.iter().for_each(|event| case.apply(event));
        Self { before: Some(before), case, events, promised: None }
    }

    /// Lodges a case; `None` where the event opens none.
    ///
    /// # Errors
    /// The refusal of the rulebook.
    pub fn lodged(lodged: Lodged, actor: &Actor, rules: &Rules, now: Time) -> Result<Option<Self>, Refusal> {
        let event = lifecycle::lodge(lodged, actor, rules, now)?;
        let Some(case) = Case::open(&event) else { return Ok(None) };
        let promised = case.due(rules);
        Ok(Some(Self { before: None, case, events: vec![event], promised }))
    }

    /// Decides on a further action, to be written in the same transaction.
    ///
    /// # Errors
    /// The refusal of the rulebook.
    pub fn then(&mut self, actor: &Actor, action: Action, setting: &Setting<'_>) -> Result<(), Refusal> {
        for event in lifecycle::decide(&self.case, actor, action, setting)? {
            self.case.apply(&event);
            self.events.push(event);
        }
        Ok(())
    }

    /// What is to be written, with all messages.
    #[must_use]
    pub fn append(self, app: &App, known: &Known) -> Append {
        let messages = self.messages(app, known);
        Append::of(self.case, self.events, &app.facts.rules).with_messages(messages)
    }

    /// The messages to its citizen.
    #[must_use]
    pub fn told_to_citizen(&self, app: &App, known: &Known) -> Vec<NewMessage> {
        let Self { case, events, promised, .. } = self;
        known.citizen.as_ref().map(|to| to_citizen(app, case, events, *promised, to, known.codes)).unwrap_or_default()
    }

    fn messages(&self, app: &App, known: &Known) -> Vec<NewMessage> {
        let Self { case, events, .. } = self;
        let mut messages = self.told_to_citizen(app, known);
        if let Some(template) = self.for_officers() {
            let of = known.root.as_ref().unwrap_or(case).reference;
            messages.extend(to_officers(app, of, template, &known.officers));
        }
        if let Some(at) = self.called_to() {
            messages.extend(to_a_hearing(app, case.reference, at, &known.desk));
        }
        if let Some(level) = self.at_once() {
            let superiors = app.facts.tables.superiors(case.department.as_deref(), level);
            let numbers: Vec<Mobile> = superiors.into_iter().filter_map(|superior| superior.mobile.clone()).collect();
            messages.extend(to_officers(app, case.reference, Template::EmergencyOverdue, &numbers));
        }
        let told = self.for_followers();
        for (follower, to) in &known.followers {
            // None of these asks them anything.
            messages.extend(to_citizen(app, follower, &told, None, to, (0, 0)));
        }
        let (old, new) = &known.numbers;
        messages.extend(events.iter().flat_map(|event| number::messages(app, case, event, old, new)));
        messages
    }

    /// The message to the officers who hold the case, if any.
    #[must_use]
    pub fn for_officers(&self) -> Option<Template> {
        self.events.iter().find_map(|event| match event.body {
            EventBody::Reminded => Some(Template::Reminded),
            // The officer is told once for each limit; further levels are for superiors.
            EventBody::Escalated { level: 1, .. } => Some(Template::Overdue),
            _ => None,
        })
    }

    /// When the hearing is to which the department is called.
    fn called_to(&self) -> Option<Time> {
        self.events.iter().find_map(|event| match event.body {
            EventBody::HearingSet { at, .. } => Some(at),
            _ => None,
        })
    }

    /// The level of the superiors who are told at once that a limit of an emergency has passed. Of others they are told once in
    /// a working day, by the digest.
    fn at_once(&self) -> Option<u8> {
        self.events.iter().find_map(|event| match event.body {
            EventBody::Escalated { level, lane: Some(lane) } if level >= SUPERIORS_FROM && lane.is_emergency() => {
                Some(level)
            }
            _ => None,
        })
    }

    /// The events of which followers are told: the end, and when it is undone. They have confirmed nothing themselves; they
    /// may say that it is not done, and their case is separated.
    fn for_followers(&self) -> Vec<Event> {
        let told = |body: &EventBody| {
            body.redresses() || matches!(body, EventBody::Reopened | EventBody::AppealDecided { upheld: true })
        };
        self.events.iter().filter(|event| told(&event.body)).cloned().collect()
    }
}

/// The department's desk or the office that holds a case; `None` where the cell or nobody does.
#[must_use]
pub fn party(case: &Case) -> Option<Party> {
    match (case.holder(), &case.department) {
        (Holder::Office(office), Some(department)) => {
            Some(Party { department: department.clone(), office: Some(office) })
        }
        (Holder::Department(department), _) => Some(Party { department, office: None }),
        _ => None,
    }
}

impl Known {
    /// Looks up what the messages about this decision need, and nothing else.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn of(app: &App, decided: &Decided<'_>) -> Result<Self, StoreError> {
        let Decided { case, events, .. } = decided;
        let mut known = Self::default();
        let told: Vec<Template> = events.iter().filter_map(|event| for_citizen(case, event)).collect();
        if !told.is_empty() && !case.disowned {
            known.citizen = app.store.mobile_of(case.citizen).await?;
        }
        if let Some(to) = &known.citizen
            && told.iter().any(|template| Template::ASKING.contains(template))
        {
            known.codes = codes_of(app, case, to).await?;
        }
        if let Some(department) = case.department.clone().filter(|_| decided.called_to().is_some()) {
            known.desk = app.store.mobiles_of(&Party { department, office: None }).await?;
        }
        if decided.for_officers().is_some() {
            // For a case that follows another, the holder of the root is asked.
            known.root = match case.root {
                Some(root) => app.store.case(root).await?,
                None => None,
            };
            if let Some(party) = party(known.root.as_ref().or(decided.before).unwrap_or(case)) {
                known.officers = app.store.mobiles_of(&party).await?;
            }
        }
        if !decided.for_followers().is_empty() {
            for follower in app.store.followers(case.reference).await? {
                if let Some(to) = app.store.mobile_of(follower.citizen).await?.filter(|_| !follower.disowned) {
                    known.followers.push((follower, to));
                }
            }
        }
        if let Some(before) = decided.before {
            known.numbers = number::both(app, before, events).await?;
        }
        Ok(known)
    }
}
