//! Lodging a grievance, for the app, counters and the plain form.

use super::decision::{Decided, Known};
use super::{Once, duplicate};
use crate::disk::Room;
use crate::failure::Failure;
use crate::limits::Address;
use crate::state::App;
use crate::store::{Appended, Idempotency, StoreError};
use model::attachment::AttachmentKind;
use model::lifecycle::{Action, Channel, Details, Gender, Lodged, Places, Setting, Statement};
use model::lodging::{Lodging, Problem as FieldProblem};
use model::wire::Receipt;
use model::{Actor, AttachmentId, Language, Mobile, Reference, Time};

/// Who lodges, and how.
#[derive(Debug)]
pub struct Sender {
    /// The member of staff who lodges for the citizen; `None` where the citizen does.
    pub staff: Option<Actor>,
    /// The mobile number that the sender has proved; `None` where none is.
    pub proved: Option<Mobile>,
    /// Network address, as a keyed hash.
    pub address: Address,
    /// Channel, where no member of staff lodges.
    pub channel: Channel,
}

/// Lodges a grievance.
///
/// # Errors
/// 422 with every field's problem; 403 where the role may not lodge; 429 where too many come from a number or address;
/// 503 where the disk is full or the store does not answer.
pub async fn lodge(
    app: &App,
    form: &Lodging,
    sender: Sender,
    idempotency: Option<Idempotency>,
    now: Time,
) -> Result<Once<Receipt>, Failure> {
    let urgent = app.facts.tables.reference.reasons.is_urgent(&form.reasons);
    let parsed = match (form.parse_as(urgent), known(app, form).await?) {
        (Ok(parsed), unknown) if unknown.is_empty() => parsed,
        (parsed, unknown) => {
            // The same request may have been done before; its photos then belong to the case.
            if let Some(idempotency) = &idempotency
                && let Some(stored) = app.store.repeated(idempotency).await?
            {
                return Ok(Once::Before(stored));
            }
            return Err(Failure::fields(parsed.err().into_iter().flatten().chain(unknown).collect()));
        }
    };
    // On a full disk the remaining space is kept for staff who work on existing cases.
    if sender.staff.is_none() && app.disk.room() == Room::Full {
        return Err(Failure::unavailable(60));
    }
    let citizen = app.person(&parsed.mobile);
    if let (Some(limits), None) = (&app.limits, &sender.staff)
        && let Err(failure) =
            limits.lodging(citizen, sender.proved.as_ref() == Some(&parsed.mobile), sender.address).await
    {
        return match &idempotency {
            Some(idempotency) => app.store.repeated(idempotency).await?.map(Once::Before).ok_or(failure),
            None => Err(failure),
        };
    }
    let channel = match &sender.staff {
        Some(_) => form.channel.unwrap_or(Channel::Call),
        None => sender.channel,
    };
    let number_verified = sender.proved.as_ref() == Some(&parsed.mobile);
    let told = number_verified
        || sender.staff.is_some()
        || match &app.limits {
            Some(limits) => limits.may_tell(citizen, sender.address).await,
            None => true,
        };
    let actor = sender.staff.unwrap_or_else(|| Actor::citizen(citizen));
    let statement = Statement {
        language: Language::of_text(&parsed.text, form.language),
        text: parsed.text,
        landmark: parsed.landmark,
        name: parsed.name,
        no_contact: String::new(),
        order: None,
        lapses: Vec::new(),
    };
    let urban = form.district.zip(form.place).and_then(|(district, place)| app.facts.tables.is_urban(district, place));
    // Only answers to questions that this category and text lead to count.
    let asked = app.facts.tables.reference.reasons.asked(form.category.as_deref(), &statement.text, &form.reasons);
    let reasons: Vec<_> =
        form.reasons.iter().filter(|reason| asked.contains(&reason.question.as_str())).cloned().collect();
    let lodged = Lodged {
        reference: Reference::from_payload(0),
        citizen,
        number_verified,
        channel,
        language: form.language,
        gender: form.gender.unwrap_or(Gender::Unstated),
        category: form.category.clone(),
        district: form.district,
        place: form.place,
        urban,
        photos: form.photos.clone(),
        details: Details {
            lane: app.facts.tables.reference.reasons.lane(&reasons),
            confidential: form.confidential.unwrap_or_default() || app.facts.tables.reference.reasons.hides(&reasons),
            reasons,
            affected: form.affected,
            about_office: form.about_office.unwrap_or_default(),
            voice: form.voice.clone(),
            origin: None,
        },
        statement,
    };
    // A reference that is taken is drawn again, which is rare: one in ten thousand at ten million cases.
    for _ in 0..8 {
        let lodged = Lodged { reference: Reference::from_payload(getrandom::u64()?), ..lodged.clone() };
        let opened = Decided::lodged(lodged, &actor, &app.facts.rules, now)?;
        let mut decided = opened.ok_or_else(|| Failure::internal(&"a lodging opened no case"))?;
        let case = &decided.case;
        let (due, lane) = (case.due(&app.facts.rules), case.lane);
        let receipt = Receipt { reference: case.reference, due, lane, hidden: case.shielded, number_verified };
        let response = serde_json::to_string(&receipt)?;
        // A citizen who joins a likely duplicate keeps a number of their own. Where that one has ended meanwhile, or
        // the words are not similar, the grievance goes its own way. An emergency, or a grievance about an officer or
        // office, never follows another.
        let apart = case.about_office || case.lane.is_emergency();
        let root = if apart { None } else { duplicate::root(app, form).await? };
        if let Some(root) = &root {
            let setting = Setting { root: Some(root), ..Setting::new(&app.facts.rules, now) };
            let join = Action::Merge { root: root.reference, reason: String::new() };
            decided.then(&Actor::system(), join, &setting)?;
        }
        let known = Known { citizen: told.then(|| parsed.mobile.clone()), ..Known::default() };
        let append = decided
            .append(app, &known)
            .of_new(parsed.mobile.clone())
            .resting_on(root.as_ref())
            .once(idempotency.clone().map(|idempotency| Idempotency { response, ..idempotency }));
        match app.store.append(append).await {
            Ok(Appended::Done { .. }) => return Ok(Once::Done(receipt)),
            Ok(Appended::Repeated { response }) => return Ok(Once::Before(response)),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("no free number was drawn".into()).into())
}

/// Problems of a form that only the tables and the store can tell.
async fn known(app: &App, form: &Lodging) -> Result<Vec<FieldProblem>, Failure> {
    let mut problems = Vec::new();
    if form.category.as_ref().is_some_and(|code| !app.facts.rules.categories.contains_key(code)) {
        problems.push(FieldProblem::CategoryUnknown);
    }
    if !app.facts.tables.reference.reasons.knows(&form.reasons) {
        problems.push(FieldProblem::ReasonUnknown);
    }
    if form.district.is_some_and(|district| !app.facts.tables.has(district, form.place)) {
        problems.push(FieldProblem::PlaceUnknown);
    }
    problems.extend(unknown_photo(app, &form.photos, false).await?);
    if let Some(voice) = &form.voice
        && !is_free(app, voice, AttachmentKind::Voice, false).await?
    {
        problems.push(FieldProblem::VoiceUnknown);
    }
    Ok(problems)
}

/// Whether an attachment of this kind exists and belongs to no case yet; with `here` it must also have arrived.
async fn is_free(app: &App, id: &str, kind: AttachmentKind, here: bool) -> Result<bool, Failure> {
    let found = app.store.attachment(id).await?;
    Ok(found.is_some_and(|found| found.kind == kind && found.reference.is_none() && (!here || found.is_here())))
}

/// The problem where a photo does not exist or belongs to another case; with `here` it must also have arrived.
pub(super) async fn unknown_photo(
    app: &App,
    photos: &[AttachmentId],
    here: bool,
) -> Result<Option<FieldProblem>, Failure> {
    for (index, id) in photos.iter().take(model::lodging::PHOTO_LIMIT).enumerate() {
        let twice = photos.iter().take(index).any(|earlier| earlier == id);
        if twice || !is_free(app, id, AttachmentKind::Photo, here).await? {
            return Ok(Some(FieldProblem::PhotoUnknown));
        }
    }
    Ok(None)
}
