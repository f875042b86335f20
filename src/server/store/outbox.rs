//! The outbox: which messages are sent, in which order, and which not any more.

use super::row::stage;
use super::sql::{Connection, Row, Value, params};
use super::writer::Effects;
use super::{Message, MessageState, NewMessage, Question, Result, Share, chain, millis, number, reference, time};
use chrono::Duration;
use model::lifecycle::{Case, EventKind};
use model::message::Template;
use model::names::code_of;
use model::{Language, Mobile, Reference, Time};

/// The columns of a [`Message`].
pub(super) const MESSAGE: &str = "id, reference, recipient, template, registered_id, language, body, state, attempts, \
                                  created, sent, error, expires";

/// Messages that anybody can cause to go to an unproved number: so many in so many minutes.
const UNPROVED: (u32, i64) = (3, 10);

pub(super) fn message(row: &Row<'_>) -> Result<Message> {
    let state: String = row.get(7)?;
    Ok(Message {
        id: row.get(0)?,
        reference: row.get::<Option<i64>>(1)?.map(reference),
        to: row.get(2)?,
        template: row.get(3)?,
        registered_id: row.get(4)?,
        language: Language::from_tag(&row.get::<String>(5)?).unwrap_or_default(),
        body: row.get(6)?,
        state: match state.as_str() {
            "sent" => MessageState::Sent,
            "dead" => MessageState::Dead,
            "expired" => MessageState::Expired,
            "recalled" => MessageState::Recalled,
            "silenced" => MessageState::Silenced,
            _ => MessageState::Pending,
        },
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

/// Puts a message into the outbox. One that its recipient does not want, or one too many to an unproved number, is listed
/// but never sent: the statement itself looks, so that nobody waits for what it finds.
pub(super) fn insert(
    connection: &Connection,
    effects: &mut Effects<'_>,
    message: &NewMessage,
    at: i64,
    seq: Option<u64>,
) -> Result<()> {
    let cause = seq.map(|seq| cause(message, seq));
    let kind = template(&message.template);
    let heeds = kind.is_none_or(Template::heeds_stop) && !message.asked_for;
    let limited = kind.is_some_and(Template::reaches_strangers) && !message.asked_for;
    let (texts, minutes) = UNPROVED;
    let values = recorded(effects.next_message(connection)?, message, at, cause);
    let more = params![
        heeds,
        limited,
        at - Duration::minutes(minutes).num_milliseconds(),
        code_of(&Template::Code),
        code_of(&Template::Lodged),
        texts - 1,
    ];
    connection.defer(
        "INSERT INTO outbox (id, reference, recipient, template, registered_id, language, body, created, cause, priority,
             expires, next_try, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?8, CASE
             WHEN ?12 = 1 AND EXISTS (SELECT 1 FROM silenced WHERE mobile = ?3 AND (reference IS NULL OR reference = ?2))
                 THEN 'silenced'
             WHEN ?13 = 1 AND NOT EXISTS (SELECT 1 FROM person WHERE mobile = ?3 AND verified_at IS NOT NULL)
                 AND EXISTS (SELECT 1 FROM outbox WHERE recipient = ?3 AND created > ?14 AND template IN (?15, ?16)
                     AND state <> 'silenced' LIMIT 1 OFFSET ?17)
                 THEN 'silenced'
             ELSE 'pending' END)",
        &[&values, more].concat(),
    )?;
    // All others, codes above all, are sent.
    match message.reference {
        Some(_) => chain::record_values(connection, effects.ends, &chain::MESSAGE, &values, at),
        None => Ok(()),
    }
}

/// What a message must be alone in: entry, recipient and template.
fn cause(message: &NewMessage, seq: u64) -> String {
    format!("{seq} {} {}", message.to.as_str(), message.template)
}

/// The recorded columns of a new message, in the order of `chain::MESSAGE`.
fn recorded(id: i64, message: &NewMessage, at: i64, cause: Option<String>) -> [Value; 11] {
    [
        id.into(),
        message.reference.map(number).into(),
        message.to.as_str().into(),
        (&message.template).into(),
        (&message.registered_id).into(),
        message.language.tag().into(),
        (&message.body).into(),
        at.into(),
        cause.into(),
        template(&message.template).map_or(1, Template::priority).into(),
        message.expires.map(millis).into(),
    ]
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

    /// Inserts one message, with its record.
    pub fn insert(
        &mut self,
        connection: &Connection,
        effects: &mut Effects<'_>,
        message: &NewMessage,
        at: i64,
        seq: u64,
    ) -> Result<()> {
        self.last_id += 1;
        let values = recorded(self.last_id, message, at, Some(cause(message, seq)));
        connection.defer(
            "INSERT INTO outbox (id, reference, recipient, template, registered_id, language, body, created, cause, priority,
                 expires, next_try, sent, state, attempts)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?8, ?8, 'sent', 1)",
            &values,
        )?;
        match message.reference {
            Some(_) => chain::record_values(connection, effects.ends, &chain::MESSAGE, &values, at),
            None => Ok(()),
        }
    }

    /// Ids that the database assigns continue after these.
    pub fn end(self, connection: &Connection) -> Result<()> {
        connection.renumber()
    }
}

/// The gateway has taken a message. `forget` blanks secrets in the text: a code, or the link to a case.
pub(super) fn sent(connection: &Connection, effects: &mut Effects<'_>, id: i64, at: i64, forget: bool) -> Result<()> {
    let sql = "SELECT body, reference FROM outbox WHERE id = ?1";
    let found = connection.first(sql, params![id], |row| Ok((row.get::<String>(0)?, row.get::<Option<i64>>(1)?)))?;
    let Some((body, of)) = found else { return Ok(()) };
    let kept = match (forget, of) {
        (false, _) => None,
        (true, None) => Some(String::new()),
        (true, Some(_)) => body.split_once("/l/").map(|(before, _)| format!("{before}/l/…")),
    };
    let blanked = kept.is_some();
    connection.execute(
        "UPDATE outbox SET state = 'sent', sent = ?2, error = NULL, body = ?3 WHERE id = ?1",
        params![id, at, kept.unwrap_or(body)],
    )?;
    // Without its link it is a different text, so it is recorded again.
    if blanked && of.is_some() {
        chain::record_row(connection, effects.ends, &chain::MESSAGE, &id.into(), at)?;
    }
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
    let waiting = "SELECT EXISTS (SELECT 1 FROM outbox WHERE reference = ?1 AND state = 'pending')";
    if connection.one(waiting, params![number(case.reference)])? {
        let recall = "UPDATE outbox SET state = 'recalled' WHERE reference = ?1 AND state = 'pending'";
        for code in Template::untrue_in(case.stage) {
            connection.execute(&format!("{recall} AND template = ?2"), params![number(case.reference), code])?;
        }
        if kinds.iter().any(|kind| matches!(kind, EventKind::NumberDisowned | EventKind::NumberChanged)) {
            connection.execute(recall, params![number(case.reference)])?;
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
const READY: &str = "state = 'pending' AND next_try <= ?1 AND (reference IS NULL OR NOT EXISTS (
    SELECT 1 FROM outbox AS earlier WHERE earlier.reference = outbox.reference AND earlier.recipient = outbox.recipient
    AND earlier.state = 'pending' AND earlier.id < outbox.id))";

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
        "UPDATE outbox SET state = 'expired', body = '' WHERE state = 'pending' AND expires <= ?1",
        params![millis(now)],
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
pub(super) fn hindrance(connection: &Connection, id: i64, now: Time) -> Result<Option<&'static str>> {
    let sql = "SELECT o.state, o.expires, o.template, o.recipient, o.reference, g.stage FROM outbox o
               LEFT JOIN grievance g ON g.reference = o.reference WHERE o.id = ?1";
    let found = connection.first(sql, params![id], |row| {
        let (state, expires): (String, Option<i64>) = (row.get(0)?, row.get(1)?);
        let (code, recipient): (String, String) = (row.get(2)?, row.get(3)?);
        Ok((state, expires, code, recipient, row.get::<Option<i64>>(4)?, row.get::<Option<i64>>(5)?))
    })?;
    let Some((state, expires, code, recipient, of, of_stage)) = found else { return Ok(Some("recalled")) };
    if state != "pending" {
        return Ok(Some("recalled"));
    }
    if expires.is_some_and(|expires| expires <= millis(now)) {
        return Ok(Some("expired"));
    }
    let kind = template(&code);
    let stages = kind.and_then(Template::true_in);
    if let (Some(stages), Some(stage)) = (stages, of_stage.and_then(stage))
        && !stages.contains(&stage)
    {
        return Ok(Some("recalled"));
    }
    let about_case = kind.is_some_and(|kind| kind.heeds_stop() && kind != Template::Code);
    if about_case && is_silenced(connection, &recipient, of.map(reference))? {
        return Ok(Some("silenced"));
    }
    Ok(None)
}

/// All questions to a number, newest first.
pub(super) fn questions_to(connection: &Connection, mobile: &Mobile) -> Result<Vec<Question>> {
    let sql = "SELECT reference, body, created, sent FROM outbox WHERE recipient = ?1 AND template IN (?2, ?3, ?4)
               AND reference IS NOT NULL ORDER BY id DESC";
    let [done, partly, cannot] = Template::ASKING.map(|template| code_of(&template));
    connection.all(sql, params![mobile.as_str(), done, partly, cannot], |row| {
        Ok(Question {
            reference: reference(row.get(0)?),
            body: row.get(1)?,
            created: time(row.get(2)?),
            sent: row.get::<Option<i64>>(3)?.map(time),
        })
    })
}

/// Whether a message with this template went to a number since a moment.
pub(super) fn was_told(connection: &Connection, mobile: &Mobile, template: Template, since: Time) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE recipient = ?1 AND template = ?2 AND created > ?3)";
    connection.one(sql, params![mobile.as_str(), code_of(&template), millis(since)])
}
