//! What lies on the device for where there is no line, in a database of its own: the pack, encrypted; who took it along; and the
//! key, which the browser uses and shows to no script. Without a line nobody else could give it.

use idb::{Database, DatabaseEvent, Factory, ObjectStoreParams, Query, TransactionMode};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CryptoKey;

/// Name of the database.
const NAME: &str = "pratikar-staff";
/// Its one store.
const STORE: &str = "along";
/// Its records.
const KEY: &str = "key";
const WHO: &str = "who";
const PACK: &str = "pack";

/// What was taken along.
pub struct Kept {
    /// The key of who took it; absent after their session has ended.
    pub key: Option<CryptoKey>,
    /// Who took it, as JSON.
    pub who: String,
    /// The pack, encrypted.
    pub secret: String,
}

/// Where the device remembers, to be read at once, that the database has something.
const FILLED: &str = "pratikar.staff.along";

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// Whether something may lie there.
pub fn is_filled() -> bool {
    storage().is_some_and(|storage| storage.get_item(FILLED).ok().flatten().is_some())
}

async fn open() -> Option<Database> {
    let mut request = Factory::new().ok()?.open(NAME, Some(1)).ok()?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            let _ = database.create_object_store(STORE, ObjectStoreParams::new());
        }
    });
    request.await.ok()
}

/// Reads what lies there.
pub async fn read() -> Option<Kept> {
    if !is_filled() {
        return None;
    }
    let database = open().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadOnly).ok()?;
    let store = transaction.object_store(STORE).ok()?;
    let mut found = Vec::new();
    for name in [KEY, WHO, PACK] {
        found.push(store.get(Query::from(JsValue::from(name))).ok()?.await.ok()?);
    }
    database.close();
    let [key, who, secret] = <[Option<JsValue>; 3]>::try_from(found).ok()?;
    let text = |value: Option<JsValue>| value.and_then(|value| value.as_string());
    Some(Kept { key: key.and_then(|key| key.dyn_into().ok()), who: text(who)?, secret: text(secret)? })
}

/// Keeps it in the place of what lay there, all of it or nothing.
pub async fn write(kept: &Kept) -> Option<()> {
    storage()?.set_item(FILLED, "1").ok()?;
    let database = open().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite).ok()?;
    let store = transaction.object_store(STORE).ok()?;
    let key: JsValue = kept.key.clone().map_or(JsValue::UNDEFINED, JsValue::from);
    for (name, value) in [(KEY, key), (WHO, kept.who.as_str().into()), (PACK, kept.secret.as_str().into())] {
        store.put(&value, Some(&JsValue::from(name))).ok()?.await.ok()?;
    }
    transaction.commit().ok()?.await.ok()?;
    database.close();
    Some(())
}

/// Forgets the key, so that nobody reads the rest before they have signed in.
pub async fn lock() {
    delete(&[KEY]).await;
}

/// Forgets everything.
pub async fn forget() {
    delete(&[KEY, WHO, PACK]).await;
    if let Some(storage) = storage() {
        let _ = storage.remove_item(FILLED);
    }
}

async fn delete(names: &[&str]) -> Option<()> {
    if !is_filled() {
        return None;
    }
    let database = open().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite).ok()?;
    let store = transaction.object_store(STORE).ok()?;
    for name in names {
        store.delete(Query::from(JsValue::from(*name))).ok()?.await.ok()?;
    }
    let done = transaction.commit().ok()?.await.ok();
    database.close();
    done.map(drop)
}
