use super::{Fetched, use_notice, use_remote_later};
use crate::api::CallError;
use leptos::prelude::*;
use model::wire::{
    AccountLine, AccountPage, CaseLine, CasePage, QueuePage, ReadingLine, ReadingPage, RosterLine, RosterPage,
    SearchPage,
};
use std::future::Future;
use std::sync::Arc;

/// An answer that is one page of a list, with the cursor of the next.
pub trait Paged: Clone + Send + Sync + 'static {
    /// A row.
    type Row: Clone + Send + Sync + 'static;
    /// Its rows.
    fn rows(&self) -> &[Self::Row];
    /// Its rows, to put another in the place of one.
    fn rows_mut(&mut self) -> &mut [Self::Row];
    /// The cursor of the next page; `None` for the last page.
    fn next(&self) -> Option<&str>;
    /// Appends the next page.
    fn extend(&mut self, more: Self);
}

macro_rules! paged {
    ($($page:ty: $row:ty),+) => { $(
        impl Paged for $page {
            type Row = $row;
            fn rows(&self) -> &[$row] { &self.rows }
            fn rows_mut(&mut self) -> &mut [$row] { &mut self.rows }
            fn next(&self) -> Option<&str> { self.next.as_deref() }
            fn extend(&mut self, more: Self) {
                self.rows.extend(more.rows);
                self.next = more.next;
            }
        }
    )+ };
}
paged!(
    QueuePage: CaseLine,
    CasePage: CaseLine,
    SearchPage: CaseLine,
    AccountPage: AccountLine,
    RosterPage: RosterLine
);

impl Paged for ReadingPage {
    type Row = ReadingLine;
    fn rows(&self) -> &[ReadingLine] {
        &self.rows
    }
    fn rows_mut(&mut self) -> &mut [ReadingLine] {
        &mut self.rows
    }
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
    fn extend(&mut self, more: Self) {
        self.rows.extend(more.rows);
        (self.next, self.until) = (more.next, more.until);
    }
}

/// The state of the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum More {
    /// Not requested.
    Idle,
    /// Requested.
    Loading,
    /// The request failed; the rows before it stay.
    Failed(CallError),
}

/// A list read page by page.
pub struct Pages<P: 'static> {
    /// The first page and those appended to it.
    pub list: Fetched<P>,
    /// The next page.
    pub more: RwSignal<More>,
    fetch_more: Callback<String>,
}

impl<P> Clone for Pages<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Pages<P> {}

/// Reads the first page at once. `fetch` is called with the cursor, and reads its signals then.
pub fn use_pages<P, F>(fetch: impl Fn(String) -> F + Send + Sync + 'static) -> Pages<P>
where
    P: Paged,
    F: Future<Output = Result<P, CallError>> + 'static,
{
    use_pages_from(None, fetch)
}

/// As [`use_pages`]. A list that is known already is shown as it is, and as many rows are read again behind it: they take its
/// place when all of them are there.
pub fn use_pages_from<P, F>(known: Option<P>, fetch: impl Fn(String) -> F + Send + Sync + 'static) -> Pages<P>
where
    P: Paged,
    F: Future<Output = Result<P, CallError>> + 'static,
{
    let fetch = Arc::new(fetch);
    let first = fetch.clone();
    let list = use_remote_later(move || first(String::new()));
    match known {
        Some(known) => {
            let (again, rows) = (fetch.clone(), known.rows().len());
            list.set(known);
            let notice = use_notice();
            leptos::task::spawn_local(async move {
                match read_again(&*again, rows, list).await {
                    // More may have been asked for meanwhile, or another list.
                    Ok(Some(read)) if !list.is_under_way() => {
                        if list.with_untracked(|known| known.rows().len() == rows) == Some(true) {
                            list.set(read);
                        }
                    }
                    Ok(_) => {}
                    Err(error) => notice.hear(&error),
                }
            });
        }
        None => list.load(),
    }
    let more = RwSignal::new(More::Idle);
    let notice = use_notice();
    let fetch_more = Callback::new(move |cursor: String| {
        more.set(More::Loading);
        let answer = fetch(cursor.clone());
        leptos::task::spawn_local(async move {
            let answer = answer.await;
            if let Err(error) = &answer {
                notice.hear(error);
            }
            // Another list may be shown by now, to which this page does not belong.
            if list.with_untracked(|page| page.next() == Some(cursor.as_str())) != Some(true) {
                more.try_set(More::Idle);
                return;
            }
            match answer {
                Ok(next) => {
                    list.state.try_update(|state| {
                        if let crate::component::Remote::Loaded(page) = state {
                            page.extend(next);
                        }
                    });
                    more.try_set(More::Idle);
                }
                Err(error) => {
                    more.try_set(More::Failed(error));
                }
            }
        });
    });
    Pages { list, more, fetch_more }
}

/// Reads a list from its first page on until it has so many rows, or all there are; `None` where the page that shows it was left.
async fn read_again<P, F>(
    fetch: &(impl Fn(String) -> F + ?Sized),
    rows: usize,
    shown: Fetched<P>,
) -> Result<Option<P>, CallError>
where
    P: Paged,
    F: Future<Output = Result<P, CallError>>,
{
    let mut read: Option<P> = None;
    loop {
        let cursor = match &read {
            None => String::new(),
            Some(read) if read.rows().len() >= rows => break,
            Some(read) => match read.next() {
                Some(cursor) => cursor.to_owned(),
                None => break,
            },
        };
        // `fetch` reads signals of the page, which go with it.
        if shown.state.is_disposed() {
            return Ok(None);
        }
        let more = fetch(cursor).await?;
        match &mut read {
            Some(read) => read.extend(more),
            None => read = Some(more),
        }
    }
    Ok(read)
}

impl<P: Paged> Pages<P> {
    /// Reads the list again from its first page.
    pub fn load(self) {
        self.more.try_set(More::Idle);
        self.list.load();
    }

    /// As [`Self::load`]; what is shown stays until the new list is there.
    pub fn refresh(self) {
        self.more.try_set(More::Idle);
        self.list.refresh();
    }

    /// Appends the next page, unless it is requested already or there is none.
    pub fn load_more(self) {
        let next = self.list.with_untracked(|page| page.next().map(str::to_owned)).flatten();
        if let Some(cursor) = next.filter(|_| self.more.get_untracked() != More::Loading) {
            self.fetch_more.run(cursor);
        }
    }

    /// Puts a row in the place of the one that it is now, so that the list does not jump.
    pub fn replace(self, row: P::Row, is: impl Fn(&P::Row) -> bool) {
        self.list.state.try_update(|state| {
            if let crate::component::Remote::Loaded(page) = state
                && let Some(known) = page.rows_mut().iter_mut().find(|known| is(known))
            {
                *known = row;
            }
        });
    }

    /// Whether there is a next page.
    #[must_use]
    pub fn has_more(self) -> bool {
        self.list.with(|page| page.next().is_some()).unwrap_or(false)
    }

    /// The rows loaded.
    #[must_use]
    pub fn rows(self) -> Vec<P::Row> {
        self.list.with(|page| page.rows().to_vec()).unwrap_or_default()
    }
}
