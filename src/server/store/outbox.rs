//! The outbox: which messages are sent, in which order, and which not any more.

use super::row::stage;
use super::sql::{Connection, Row, Value, params};
use super::writer::Effects;
use super::{
    Message, MessageState, NewMessage, Question, Result, Share, StoreError, chain, millis, number, pack, reference,
    time,
};
use chrono::Duration;
use model::lifecycle::{Case, EventKind};
use model::message::Template;
use model::names::code_of;
use model::{Language, Mobile, Reference, Time};
use std::collections::HashMap;

/// The columns of a [`Message`].
const MESSAGE: &str = "id, reference, recipient, \
                       (SELECT name FROM template WHERE template.id = outbox.template), \
                       (SELECT registered_id FROM template WHERE template.id = outbox.template), \
                       (SELECT language FROM template WHERE template.id = outbox.template), \
                       packed, state, attempts, created, created + sent_after, error, expires";

/// The states, at the place that is their number in the column, with the names that older versions stored. A state that waits
/// is 0, which the partial indexes name.
pub(super) const STATES: [(MessageState, &str); 6] = [
    (MessageState::Pending, "pending"),
    (MessageState::Sent, "sent"),
    (MessageState::Dead, "dead"),
    (MessageState::Expired, "expired"),
    (MessageState::Recalled, "recalled"),
    (MessageState::Silenced, "silenced"),
];

/// Messages that anybody can cause to go to an unproved number: so many in so many minutes.
const UNPROVED: (u32, i64) = (3, 10);

fn state_column(state: MessageState) -> i64 {
    STATES.iter().position(|(other, _)| *other == state).and_then(|place| i64::try_from(place).ok()).unwrap_or(0)
}

/// A mobile number as the column holds it.
pub(super) fn recipient(mobile: &Mobile) -> Result<i64> {
    let number = mobile.as_str().parse();
    number.map_err(|_| StoreError::Damaged("a mobile number that is no number".into()))
}

/// Selects the columns of a [`message`] under a condition.
pub(super) fn select(condition: &str) -> String {
    format!("SELECT {MESSAGE} FROM outbox WHERE {condition}")
}

pub(super) fn message(row: &Row<'_>) -> Result<Message> {
    let of = row.get::<Option<i64>>(1)?.map(reference);
    let state = usize::try_from(row.get::<i64>(7)?).ok().and_then(|place| STATES.get(place));
    Ok(Message {
        id: row.get(0)?,
        reference: of,
        to: row.get::<i64>(2)?.to_string(),
        template: row.get(3)?,
        registered_id: row.get(4)?,
        language: Language::from_tag(&row.get::<String>(5)?).unwrap_or_default(),
        body: pack::unpack_message(of, &row.get::<Vec<u8>>(6)?)?,
        state: state.map_or(MessageState::Pending, |(state, _)| *state),
        attempts: row.get(8)?,
        created: time(row.get(9)?),
        sent: row.get::<Option<i64>>(10)?.map(time),
        error: row.get(11)?,
        expires: row.get::<Option<i64>>(12)?.map(time),
    })
}

fn template(code: &str) -> Option<Template> {
    Template::ALL.into_iter().find(|template| code_of(template) == code)
}

/// Whether a number wants no messages about cases, or none about this one.
pub(super) fn is_silenced(connection: &Connection, mobile: &str, of: Option<Reference>) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM silenced WHERE mobile = ?1 AND (reference IS NULL OR reference = ?2))";
    connection.one(sql, params![mobile, of.map(number)])
}

/// The messages of one entry, each recipient and template once.
pub(super) fn once_each(messages: &[NewMessage]) -> impl Iterator<Item = &NewMessage> {
    messages.iter().enumerate().filter_map(|(place, message)| {
        let is_same = |other: &NewMessage| other.to == message.to && other.template == message.template;
        (!messages.iter().take(place).any(is_same)).then_some(message)
    })
}

/// The packed text of a message.
pub(super) fn packed(message: &NewMessage) -> Result<Vec<u8>> {
    pack::pack_message(message.reference, &message.body)
}

/// Name, registered id and language of a template: what stands once for many messages.
type Registered<'m> = (&'m str, &'m str, &'m str);

fn registered(message: &NewMessage) -> Registered<'_> {
    (&message.template, &message.registered_id, message.language.tag())
}

/// Adds a template, on record; answers its number.
pub(super) fn add_template(
    connection: &Connection,
    ends: &mut chain::Ends,
    (name, registered_id, language): Registered<'_>,
    at: i64,
) -> Result<i64> {
    let id = connection.one::<i64>("SELECT coalesce(max(id), 0) + 1 FROM template", &[])?;
    let values = params![id, name, registered_id, language];
    let sql = "INSERT INTO template (id, name, registered_id, language) VALUES (?1, ?2, ?3, ?4)";
    connection.execute(sql, values)?;
    chain::record_values(connection, ends, &chain::TEMPLATE, values, at)?;
    Ok(id)
}

/// Numbers of templates that are known.
pub(super) type Templates = HashMap<(String, String, Language), i64>;

/// The number of a template, which is added where it is new.
fn template_id(connection: &Connection, ends: &mut chain::Ends, registered: Registered<'_>, at: i64) -> Result<i64> {
    let (name, registered_id, language) = registered;
    let sql = "SELECT id FROM template WHERE name = ?1 AND registered_id = ?2 AND language = ?3";
    match connection.maybe(sql, params![name, registered_id, language])? {
        Some(id) => Ok(id),
        None => add_template(connection, ends, registered, at),
    }
}

impl Effects<'_> {
    /// The number of a message's template; asked of the database once.
    fn template(&mut self, connection: &Connection, message: &NewMessage, at: i64) -> Result<i64> {
        let key = (message.template.clone(), message.registered_id.clone(), message.language);
        if let Some(id) = self.templates.get(&key) {
            return Ok(*id);
        }
        let id = template_id(connection, self.ends, registered(message), at)?;
        self.templates.insert(key, id);
        Ok(id)
    }
}

/// The recorded columns of a message, in the order of [`chain::MESSAGE`].
fn recorded(id: i64, message: &NewMessage, at: i64, cause: Option<u64>) -> [Value; 11] {
    let NewMessage { to, template: name, .. } = message;
    [
        id.into(),
        message.reference.map(number).into(),
        to.as_str().into(),
        name.into(),
        (&message.registered_id).into(),
        message.language.tag().into(),
        (&message.body).into(),
        at.into(),
        cause.map(|cause| format!("{cause} {} {name}", to.as_str())).into(),
        template(name).map_or(1, Template::priority).into(),
        message.expires.map(millis).into(),
    ]
}

/// The number of an entry in the column of what a message tells of.
fn cause_column(seq: Option<u64>) -> Option<i64> {
    seq.and_then(|seq| i64::try_from(seq).ok())
}

/// Puts a message into the outbox. One that its recipient does not want, or one too many to an unproved number, is listed
/// but never sent: the statement itself looks, so that nobody waits for what it finds.
pub(super) fn insert(
    connection: &Connection,
    effects: &mut Effects<'_>,
    message: &NewMessage,
    at: i64,
    seq: Option<u64>,
) -> Result<()> {
    let kind = template(&message.template);
    let heeds = kind.is_none_or(Template::heeds_stop) && !message.asked_for;
    let limited = kind.is_some_and(Template::reaches_strangers) && !message.asked_for;
    let (texts, minutes) = UNPROVED;
    let template = effects.template(connection, message, at)?;
    let id = effects.next_message(connection)?;
    let record = record(connection, effects, id, message, at, seq)?;
    let (pending, silenced) = (state_column(MessageState::Pending), state_column(MessageState::Silenced));
    // All others, codes above all, are sent.
    connection.defer(
        &format!(
            "INSERT INTO outbox (id, reference, recipient, template, next_try, created, cause, priority, expires, packed,
                 record, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?17, CASE
                 WHEN ?10 = 1 AND EXISTS (SELECT 1 FROM silenced
                     WHERE mobile = ?11 AND (reference IS NULL OR reference = ?2)) THEN {silenced}
                 WHEN ?12 = 1 AND NOT EXISTS (SELECT 1 FROM person WHERE mobile = ?11 AND verified_at IS NOT NULL)
                     AND EXISTS (SELECT 1 FROM outbox WHERE recipient = ?3 AND created > ?13 AND state <> {silenced}
                         AND template IN (SELECT id FROM template WHERE name IN (?14, ?15)) LIMIT 1 OFFSET ?16) THEN {silenced}
                 ELSE {pending} END)"
        ),
        params![
            id,
            message.reference.map(number),
            recipient(&message.to)?,
            template,
            at,
            cause_column(seq),
            kind.map_or(1, Template::priority),
            message.expires.map(millis),
            packed(message)?,
            heeds,
            message.to.as_str(),
            limited,
            at - Duration::minutes(minutes).num_milliseconds(),
            code_of(&Template::Code),
            code_of(&Template::Lodged),
            texts - 1,
            record,
        ],
    )
}

/// Records a message that is about to be inserted; answers what stands in its column `record`. One about no case is not
/// recorded.
fn record(
    connection: &Connection,
    effects: &mut Effects<'_>,
    id: i64,
    message: &NewMessage,
    at: i64,
    cause: Option<u64>,
) -> Result<Option<i64>> {
    match message.reference {
        Some(_) => chain::record_message(connection, effects.ends, &recorded(id, message, at, cause), at),
        None => Ok(None),
    }
}

/// Inserts messages as sent, for an import. There are millions: ids are assigned here, so that no row is read back for its
/// record.
pub(super) struct Imported {
    last_id: i64,
}

impl Imported {
    /// Ids continue after the highest one.
    pub fn begin(connection: &Connection, effects: &mut Effects<'_>) -> Result<Self> {
        // Those that were drawn before may be among them.
        effects.message_ids.clear();
        Ok(Self { last_id: connection.one("SELECT coalesce(max(id), 0) FROM outbox", &[])? })
    }

    /// Inserts one message with its packed text, and its record.
    pub fn insert(
        &mut self,
        connection: &Connection,
        effects: &mut Effects<'_>,
        (message, packed): (&NewMessage, &[u8]),
        at: i64,
        seq: u64,
    ) -> Result<()> {
        self.last_id += 1;
        let template_id = effects.template(connection, message, at)?;
        let record = record(connection, effects, self.last_id, message, at, Some(seq))?;
        connection.defer(
            "INSERT INTO outbox (id, reference, recipient, template, created, cause, priority, expires, packed, sent_after,
                 state, attempts, record)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, 1, ?11)",
            params![
                self.last_id,
                message.reference.map(number),
                recipient(&message.to)?,
                template_id,
                at,
                cause_column(Some(seq)),
                template(&message.template).map_or(1, Template::priority),
                message.expires.map(millis),
                packed,
                state_column(MessageState::Sent),
                record,
            ],
        )
    }

    /// Ids that the database assigns continue after these.
    pub fn end(self, connection: &Connection) -> Result<()> {
        connection.renumber()
    }
}

/// The gateway has taken a message. `forget` blanks secrets in the text: a code, or the link to a case.
pub(super) fn sent(connection: &Connection, effects: &mut Effects<'_>, id: i64, at: i64, forget: bool) -> Result<()> {
    let Some(Message { reference: of, body, .. }) = connection.first(&select("id = ?1"), params![id], message)? else {
        return Ok(());
    };
    let kept = match (forget, of) {
        (false, _) => None,
        (true, None) => Some(String::new()),
        (true, Some(_)) => body.split_once("/l/").map(|(before, _)| format!("{before}/l/…")),
    };
    connection.execute(
        "UPDATE outbox SET state = ?3, sent_after = ?2 - created, next_try = NULL, error = NULL WHERE id = ?1",
        params![id, at, state_column(MessageState::Sent)],
    )?;
    let Some(kept) = kept else { return Ok(()) };
    chain::keep_record_of_message(connection, id)?;
    connection.execute("UPDATE outbox SET packed = ?2 WHERE id = ?1", params![id, pack::pack_message(of, &kept)?])?;
    // Without its link it is a different text, so it is recorded again.
    match of {
        Some(_) => chain::record_row(connection, effects.ends, &chain::MESSAGE, &id.into(), at),
        None => Ok(()),
    }
}

/// The gateway has not taken a message; it is tried again at `next`, or never.
pub(super) fn failed(connection: &Connection, id: i64, error: &str, next: Option<i64>) -> Result<()> {
    let state = if next.is_none() { MessageState::Dead } else { MessageState::Pending };
    connection.execute(
        "UPDATE outbox SET error = ?2, state = ?3, next_try = coalesce(?4, next_try) WHERE id = ?1 AND state = 0",
        params![id, error, state_column(state), next],
    )?;
    Ok(())
}

/// A waiting message is not sent any more; of one that has expired the text is not kept.
pub(super) fn give_up(connection: &Connection, id: i64, state: MessageState) -> Result<()> {
    let empty = (state == MessageState::Expired).then(|| pack::pack_message(None, "")).transpose()?;
    connection.execute(
        "UPDATE outbox SET state = ?2, packed = coalesce(?3, packed) WHERE id = ?1 AND state = 0",
        params![id, state_column(state), empty],
    )?;
    Ok(())
}

/// Recalls waiting messages that are no longer true after a case has moved on; all of them where its number is not the
/// citizen's.
pub(super) fn follow_case(
    connection: &Connection,
    effects: &mut Effects<'_>,
    case: &Case,
    kinds: &[EventKind],
    at: i64,
) -> Result<()> {
    let waiting = "SELECT EXISTS (SELECT 1 FROM outbox WHERE reference = ?1 AND state = 0)";
    if connection.one(waiting, params![number(case.reference)])? {
        let recall = "UPDATE outbox SET state = ?2 WHERE reference = ?1 AND state = 0";
        let (of, recalled) = (number(case.reference), state_column(MessageState::Recalled));
        for code in Template::untrue_in(case.stage) {
            let sql = format!("{recall} AND template IN (SELECT id FROM template WHERE name = ?3)");
            connection.execute(&sql, params![of, recalled, code])?;
        }
        if kinds.iter().any(|kind| matches!(kind, EventKind::HearingSet | EventKind::HearingHeld)) {
            for template in Template::CALLING {
                let sql = format!("{recall} AND template IN (SELECT id FROM template WHERE name = ?3)");
                connection.execute(&sql, params![of, recalled, code_of(&template)])?;
            }
        }
        if kinds.iter().any(|kind| matches!(kind, EventKind::NumberDisowned | EventKind::NumberChanged)) {
            connection.execute(recall, params![of, recalled])?;
        }
    }
    if kinds.contains(&EventKind::NumberDisowned) {
        silence(
            connection,
            effects,
            "INSERT INTO silenced (mobile, reference, at) SELECT mobile, ?2, ?3 FROM person WHERE id = ?1
             ON CONFLICT DO NOTHING RETURNING id",
            params![super::person(case.citizen), number(case.reference), at],
            at,
        )?;
    } else if case.number_verified && !case.disowned {
        silence(
            connection,
            effects,
            "DELETE FROM silenced WHERE reference = ?1 AND mobile = (SELECT mobile FROM person WHERE id = ?2)
             RETURNING id",
            params![number(case.reference), super::person(case.citizen)],
            at,
        )?;
    }
    Ok(())
}

/// Changes which numbers are silenced, on record; the statement returns the rows that it changed.
pub(super) fn silence(
    connection: &Connection,
    effects: &mut Effects<'_>,
    sql: &str,
    values: &[Value],
    at: i64,
) -> Result<()> {
    let rows: Vec<i64> = connection.changed(sql, values, |row| row.get(0))?;
    rows.iter().try_for_each(|row| chain::record_row(connection, effects.ends, &chain::SILENCED, &(*row).into(), at))
}

/// SQL condition for messages that may be handed out now, in order for each case and recipient.
const READY: &str = "state = 0 AND next_try <= ?1 AND (reference IS NULL OR NOT EXISTS (
    SELECT 1 FROM outbox AS earlier WHERE earlier.reference = outbox.reference AND earlier.recipient = outbox.recipient
    AND earlier.state = 0 AND earlier.id < outbox.id))";

fn of_share(share: Share) -> &'static str {
    match share {
        Share::All => "priority IN (0, 1)",
        Share::Codes => "priority = 0",
        Share::Others => "priority = 1",
    }
}

/// Whether there is nothing to lease or expire; asked before the writer is bothered.
pub(super) fn is_idle(connection: &Connection, share: Share, now: Time) -> Result<bool> {
    let sql = format!("SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE {} AND {READY})", of_share(share));
    connection.one(&sql, params![millis(now)])
}

pub(super) fn lease(connection: &Connection, share: Share, now: Time, until: Time, limit: u32) -> Result<Vec<Message>> {
    // A code that has expired is neither sent nor kept.
    connection.execute(
        "UPDATE outbox SET state = ?2, packed = ?3 WHERE state = 0 AND expires <= ?1",
        params![millis(now), state_column(MessageState::Expired), pack::pack_message(None, "")?],
    )?;
    let sql = format!(
        "UPDATE outbox SET next_try = ?2, attempts = attempts + 1 WHERE id IN
             (SELECT id FROM outbox WHERE {} AND {READY} ORDER BY priority, next_try, id LIMIT ?3)
         RETURNING {MESSAGE}",
        of_share(share)
    );
    let mut leased = connection.changed(&sql, params![millis(now), millis(until), limit], message)?;
    leased.sort_by_key(|message| (message.template != code_of(&Template::Code), message.id));
    Ok(leased)
}

/// Why a message that is about to be sent must not be; `None` where it may.
pub(super) fn hindrance(connection: &Connection, id: i64, now: Time) -> Result<Option<MessageState>> {
    let sql = "SELECT o.state, o.expires, t.name, CAST(o.recipient AS TEXT), o.reference, g.stage FROM outbox o
               JOIN template t ON t.id = o.template LEFT JOIN grievance g ON g.reference = o.reference WHERE o.id = ?1";
    let found = connection.first(sql, params![id], |row| {
        let (state, expires): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
        let (code, recipient): (String, String) = (row.get(2)?, row.get(3)?);
        Ok((state, expires, code, recipient, row.get::<Option<i64>>(4)?, row.get::<Option<i64>>(5)?))
    })?;
    let Some((state, expires, code, recipient, of, of_stage)) = found else {
        return Ok(Some(MessageState::Recalled));
    };
    if state != state_column(MessageState::Pending) {
        return Ok(Some(MessageState::Recalled));
    }
    if expires.is_some_and(|expires| expires <= millis(now)) {
        return Ok(Some(MessageState::Expired));
    }
    let kind = template(&code);
    let stages = kind.and_then(Template::true_in);
    if let (Some(stages), Some(stage)) = (stages, of_stage.and_then(stage))
        && !stages.contains(&stage)
    {
        return Ok(Some(MessageState::Recalled));
    }
    let about_case = kind.is_some_and(|kind| kind.heeds_stop() && kind != Template::Code);
    if about_case && is_silenced(connection, &recipient, of.map(reference))? {
        return Ok(Some(MessageState::Silenced));
    }
    Ok(None)
}

/// All questions to a number, newest first.
pub(super) fn questions_to(connection: &Connection, mobile: &Mobile) -> Result<Vec<Question>> {
    let sql = "SELECT reference, packed, created, created + sent_after FROM outbox WHERE recipient = ?1
               AND template IN (SELECT id FROM template WHERE name IN (?2, ?3, ?4))
               AND reference IS NOT NULL ORDER BY id DESC";
    let [done, partly, cannot] = Template::ASKING.map(|template| code_of(&template));
    connection.all(sql, params![recipient(mobile)?, done, partly, cannot], |row| {
        let of = reference(row.get(0)?);
        Ok(Question {
            reference: of,
            body: pack::unpack_message(Some(of), &row.get::<Vec<u8>>(1)?)?,
            created: time(row.get(2)?),
            sent: row.get::<Option<i64>>(3)?.map(time),
        })
    })
}

/// Whether a message with this template went to a number since a moment.
pub(super) fn was_told(connection: &Connection, mobile: &Mobile, template: Template, since: Time) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE recipient = ?1 AND created > ?3
                              AND template IN (SELECT id FROM template WHERE name = ?2))";
    connection.one(sql, params![recipient(mobile)?, code_of(&template), millis(since)])
}
