use crate::format::number;
use crate::i18n::{fill, key, t};
use crate::json;
use crate::person;
use crate::route::announce;
use leptos::ev::KeyboardEvent;
use leptos::html::Tbody;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The value by which rows are sorted. Missing values are last in either order.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// No value.
    Missing,
    /// A number, or a time.
    Number(i64),
    /// Text, in the alphabetical order of the page's language.
    Text(String),
}

impl SortKey {
    fn compare(&self, other: &Self, order: Order) -> Ordering {
        let way = |found: Ordering| if order == Order::Descending { found.reverse() } else { found };
        match (self, other) {
            (Self::Missing, Self::Missing) => Ordering::Equal,
            (Self::Missing, _) => Ordering::Greater,
            (_, Self::Missing) => Ordering::Less,
            (Self::Number(a), Self::Number(b)) => way(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => way(in_words(a, b)),
            (Self::Number(_), Self::Text(_)) => way(Ordering::Less),
            (Self::Text(_), Self::Number(_)) => way(Ordering::Greater),
        }
    }
}

/// Compares two texts. The browser knows the alphabets; Unicode's tables would be a large part of the download.
fn in_words(a: &str, b: &str) -> Ordering {
    #[cfg(target_arch = "wasm32")]
    return js_sys::JsString::from(a)
        .locale_compare(b, &js_sys::Array::of1(&crate::i18n::language().tag().into()), &js_sys::Object::new())
        .cmp(&0);
    #[cfg(not(target_arch = "wasm32"))]
    a.cmp(b)
}

/// The direction of sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

impl Order {
    /// Its value for `aria-sort`.
    fn name(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }
}

/// Returns the sort key of a row.
type KeyOf<R> = Arc<dyn Fn(&R) -> SortKey + Send + Sync>;

/// A column of a [`Table`].
pub struct Column<R> {
    head: String,
    cell: Arc<dyn Fn(&R) -> AnyView + Send + Sync>,
    sort: Option<KeyOf<R>>,
    figure: bool,
}

impl<R> Clone for Column<R> {
    fn clone(&self) -> Self {
        let Self { head, cell, sort, figure } = self;
        Self { head: head.clone(), cell: cell.clone(), sort: sort.clone(), figure: *figure }
    }
}

impl<R> Column<R> {
    /// A column with its heading and the content of its cells.
    pub fn new<V: IntoView + 'static>(head: String, cell: impl Fn(&R) -> V + Send + Sync + 'static) -> Self {
        Self { head, cell: Arc::new(move |row| cell(row).into_any()), sort: None, figure: false }
    }

    /// Makes the table sortable by this column.
    #[must_use]
    pub fn sorted_by(self, by: impl Fn(&R) -> SortKey + Send + Sync + 'static) -> Self {
        Self { sort: Some(Arc::new(by)), ..self }
    }

    /// Aligns the column at the end of the cell, as for numbers.
    #[must_use]
    pub fn of_figures(self) -> Self {
        Self { figure: true, ..self }
    }
}

/// How somebody looks at a table, kept on the device for them alone; nothing of what stands in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Look {
    /// Number of columns of the table that it was kept for: a table that has changed since is shown whole.
    columns: usize,
    /// Columns that are left out, by their place.
    hidden: Vec<usize>,
    /// Whether the rows stand close to each other.
    dense: bool,
    by: Option<(usize, Order)>,
}

impl Look {
    fn place(name: &str) -> String {
        format!("pratikar.table.{}.{name}", person::mark())
    }

    fn kept(name: &str, columns: usize) -> Self {
        let text = storage().and_then(|storage| storage.get_item(&Self::place(name)).ok().flatten());
        let kept = text.and_then(|text| json::from::<Self>(&json::read(&text)?));
        kept.filter(|kept| kept.columns == columns).unwrap_or(Self { columns, ..Self::default() })
    }

    fn keep(&self, name: &str) {
        if let Some(storage) = storage() {
            // Where the device keeps nothing, the table is shown as it comes.
            let _ = storage.set_item(&Self::place(name), &json::text(&json::value(self)));
        }
    }

    fn shows(&self, at: usize) -> bool {
        !self.hidden.contains(&at)
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// The rows in the order of a column.
fn sorted<R: Clone>(rows: &[R], columns: &[Column<R>], by: Option<(usize, Order)>) -> Vec<R> {
    let sort = by.and_then(|(at, order)| Some((columns.get(at)?.sort.clone()?, order)));
    let Some((key_of, order)) = sort else { return rows.to_vec() };
    let mut keyed: Vec<(SortKey, R)> = rows.iter().map(|row| (key_of(row), row.clone())).collect();
    keyed.sort_by(|(a, _), (b, _)| a.compare(b, order));
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// A table for office work: sorted by the buttons in its head, with arrow keys between rows and one tab stop for all
/// rows. The first column names the row and links to its page. Order, columns and density stay as they were left.
#[component]
pub fn Table<R: Clone + PartialEq + Send + Sync + 'static>(
    /// The name under which it is kept how the table was left.
    name: &'static str,
    /// The caption; visually hidden.
    #[prop(into)]
    caption: String,
    /// At least one column; the first names the row.
    columns: Vec<Column<R>>,
    /// The rows in their order before sorting.
    #[prop(into)]
    rows: Signal<Vec<R>>,
    /// The link of a row.
    href: fn(&R) -> String,
    /// The text where there are no rows.
    #[prop(into)]
    empty: String,
) -> impl IntoView {
    let look = RwSignal::new(Look::kept(name, columns.len()));
    Effect::new(move |before: Option<()>| {
        let now = look.get();
        if before.is_some() {
            now.keep(name);
        }
    });
    let hidden = Memo::new(move |_| look.with(|look| look.hidden.clone()));
    let by = Memo::new(move |_| look.with(|look| look.by));
    let columns = StoredValue::new(columns);
    let heads = move || {
        hidden.track();
        let shows = |at: usize| look.with_untracked(|look| look.shows(at));
        columns.with_value(|columns| {
            let heads = columns.iter().enumerate().filter(|(at, _)| shows(*at));
            heads
                .map(|(at, column)| view! { <Head at name=column.head.clone() figure=column.figure sorts=column.sort.is_some() look/> })
                .collect_view()
        })
    };
    let shown = Memo::new(move |_| rows.with(|rows| columns.with_value(|columns| sorted(rows, columns, by.get()))));
    // The row that Tab goes to: the one focused last.
    let current = RwSignal::new(0usize);
    let body: NodeRef<Tbody> = NodeRef::new();
    let lines = move || {
        let count = shown.with(Vec::len);
        if current.get_untracked() >= count {
            current.set(0);
        }
        let hidden = hidden.get();
        let rows = shown.get().into_iter().enumerate();
        rows.map(|(at, row)| row_of(at, &row, columns, &hidden, href, current)).collect_view()
    };
    let is_empty = Memo::new(move |_| shown.with(Vec::is_empty));
    let label = caption.clone();
    let choices = columns
        .with_value(|columns| columns.iter().map(|column| column.head.clone()).enumerate().skip(1).collect::<Vec<_>>());
    view! {
        <Choices choices look/>
        <div class="table-frame" role="region" aria-label=label tabindex="0">
            <table class="rows" class:dense=move || look.with(|look| look.dense)>
                <caption class="unseen">{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody node_ref=body on:keydown=move |event| go_through(&event, body, current)>{lines}</tbody>
            </table>
            {move || is_empty.get().then(|| view! { <p class="empty">{empty.clone()}</p> })}
        </div>
    }
}

/// How close the rows stand, and which columns are shown.
#[component]
fn Choices(
    /// The columns that can be left out, by their places.
    choices: Vec<(usize, String)>,
    look: RwSignal<Look>,
) -> impl IntoView {
    let column = move |(at, head): (usize, String)| {
        let shown = move || look.with(|look| look.shows(at));
        let choose = move |shown: bool| {
            look.update(|look| {
                look.hidden.retain(|hidden| *hidden != at);
                if !shown {
                    look.hidden.push(at);
                    // An order that nothing shows would puzzle.
                    look.by = look.by.filter(|(by, _)| *by != at);
                }
            });
        };
        view! { <label><input type="checkbox" prop:checked=shown on:change:target=move |event| choose(event.target().checked())/>{head}</label> }
    };
    let columns = choices.into_iter().map(column).collect_view();
    let hidden = move || {
        let count = look.with(|look| u32::try_from(look.hidden.len()).unwrap_or(u32::MAX));
        (count > 0).then(|| format!(" · {}", fill(key::TABLE_HIDDEN, &[("n", &number(count))])))
    };
    let dense = move |dense: bool| look.update(|look| look.dense = dense);
    view! {
        <details class="table-look">
            <summary>{t(key::TABLE_LOOK)}{hidden}</summary>
            <label class="dense-choice"><input type="checkbox" prop:checked=move || look.with(|look| look.dense) on:change:target=move |event| dense(event.target().checked())/>{t(key::TABLE_DENSE)}</label>
            <fieldset><legend>{t(key::TABLE_COLUMNS)}</legend>{columns}</fieldset>
        </details>
    }
}

#[component]
fn Head(at: usize, name: String, figure: bool, sorts: bool, look: RwSignal<Look>) -> impl IntoView {
    let order = move || look.with(|look| look.by).filter(|(column, _)| *column == at).map(|(_, order)| order);
    if !sorts {
        return view! { <th scope="col" class:figure=figure>{name}</th> }.into_any();
    }
    let told = name.clone();
    let sort = move |_| {
        // Numbers are sorted from the largest first.
        let first = if figure { Order::Descending } else { Order::Ascending };
        let other = if figure { Order::Ascending } else { Order::Descending };
        let next = if untrack(order) == Some(first) { other } else { first };
        look.update(|look| look.by = Some((at, next)));
        let words = if untrack(order) == Some(Order::Ascending) { key::TABLE_ASCENDING } else { key::TABLE_DESCENDING };
        announce(&fill(words, &[("name", &told)]));
    };
    view! {
        <th scope="col" class:figure=figure aria-sort=move || order().map_or("none", Order::name)>
            <button type="button" class="sort" on:click=sort>{name}</button>
        </th>
    }
    .into_any()
}

fn row_of<R: 'static>(
    at: usize,
    row: &R,
    columns: StoredValue<Vec<Column<R>>>,
    hidden: &[usize],
    href: fn(&R) -> String,
    current: RwSignal<usize>,
) -> AnyView {
    let href = href(row);
    let cells = columns.with_value(|columns| {
        let cells = columns.iter().enumerate().skip(1).filter(|(at, _)| !hidden.contains(at));
        cells.map(|(_, column)| view! { <td class:figure=column.figure>{(column.cell)(row)}</td> }).collect_view()
    });
    let named = columns.with_value(|columns| columns.first().map(|column| (column.cell)(row)));
    let stop = move || if current.get() == at { "0" } else { "-1" };
    view! {
        <tr>
            <th scope="row"><a data-nav href=href tabindex=stop on:focus=move |_| current.set(at)>{named}</a></th>
            {cells}
        </tr>
    }
    .into_any()
}

/// Arrow keys move between rows, Home and End to the first and the last.
fn go_through(event: &KeyboardEvent, body: NodeRef<Tbody>, current: RwSignal<usize>) {
    let Some(body) = body.get_untracked() else { return };
    let count = body.rows().length() as usize;
    let at = current.get_untracked();
    let to = match event.key().as_str() {
        "ArrowDown" => (at + 1).min(count.saturating_sub(1)),
        "ArrowUp" => at.saturating_sub(1),
        "Home" => 0,
        "End" => count.saturating_sub(1),
        _ => return,
    };
    event.prevent_default();
    let links = body.query_selector_all("th a").ok();
    let link = links.and_then(|links| links.item(u32::try_from(to).ok()?)?.dyn_into::<HtmlElement>().ok());
    if let Some(link) = link {
        let _ = link.focus();
    }
}

/// A table that is loading: grey lines in place of its rows.
#[component]
pub fn TableAwaited(
    /// The number of lines.
    #[prop(default = 6)]
    lines: usize,
) -> impl IntoView {
    let lines = (0..lines).map(|_| view! { <span class="awaited"></span> }).collect_view();
    view! { <div class="table-frame" aria-busy="true"><p class="unseen" role="status">{t(key::LOADING)}</p>{lines}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column<(&'static str, Option<i64>)>> {
        let text = |row: &(&'static str, Option<i64>)| SortKey::Text(row.0.to_owned());
        let number = |row: &(&'static str, Option<i64>)| row.1.map_or(SortKey::Missing, SortKey::Number);
        vec![
            Column::new("name".into(), |row: &(&'static str, Option<i64>)| row.0).sorted_by(text),
            Column::new("open".into(), |row: &(&'static str, Option<i64>)| row.1).sorted_by(number).of_figures(),
            Column::new("unsorted".into(), |_| ""),
        ]
    }

    #[test]
    fn what_is_missing_stands_last_whichever_way_round() {
        let rows = [("b", Some(2)), ("c", None), ("a", Some(9)), ("d", Some(2))];
        let names = |by| sorted(&rows, &columns(), by).into_iter().map(|row| row.0).collect::<String>();
        assert_eq!(names(None), "bcad");
        assert_eq!(names(Some((0, Order::Ascending))), "abcd");
        assert_eq!(names(Some((0, Order::Descending))), "dcba");
        // Equal rows keep their order.
        assert_eq!(names(Some((1, Order::Ascending))), "bdac");
        assert_eq!(names(Some((1, Order::Descending))), "abdc");
        assert_eq!(names(Some((2, Order::Ascending))), "bcad");
    }
}
