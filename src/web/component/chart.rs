//! Charts as SVG, each beside or above a table of the same numbers.

use leptos::prelude::*;

/// A pair of bars, closed by offices and confirmed by citizens; widths in per mille of the space.
#[component]
pub fn PairBar(
    /// Closed by offices, in per mille.
    closed: u32,
    /// Confirmed by citizens, in per mille.
    confirmed: u32,
) -> impl IntoView {
    view! {
        <svg class="pair" viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="closed" x="0" y="2" width=closed height="15" rx="4"/>
            <rect class="confirmed" x="0" y="22" width=confirmed height="15" rx="4"/>
        </svg>
    }
}

/// One bar; `value` is its width in per mille of the space.
#[component]
pub fn Bars(value: u32) -> impl IntoView {
    view! {
        <svg class="bar-chart" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="track" x="0" y="0" width="1000" height="12" rx="6"/>
            <rect class="value" x="0" y="0" width=value height="12" rx="6"/>
        </svg>
    }
}

/// A day of the trend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendDay {
    /// The day in words.
    pub label: String,
    /// Numbers of grievances lodged, closed by offices and confirmed by citizens.
    pub values: [u32; 3],
}

/// Three lines over days from a zero baseline, each labelled at its end.
#[component]
pub fn TrendChart(days: Vec<TrendDay>, names: [String; 3]) -> impl IntoView {
    let highest = days.iter().flat_map(|day| day.values).max().unwrap_or(0).max(1);
    let step = 860.0 / (days.len().max(2) - 1) as f64;
    let point =
        |index: usize, value: u32| (20.0 + step * index as f64, 240.0 - 220.0 * f64::from(value) / f64::from(highest));
    let line = |series: usize| {
        let points = days.iter().enumerate().map(|(index, day)| {
            let (x, y) = point(index, day.values.get(series).copied().unwrap_or(0));
            format!("{x:.1},{y:.1}")
        });
        points.collect::<Vec<_>>().join(" ")
    };
    let last = days.len().saturating_sub(1);
    // Labels that would overlap are moved apart.
    let mut ends: Vec<(usize, f64)> = (0..3)
        .map(|series| {
            (series, days.last().map_or(240.0, |day| point(last, day.values.get(series).copied().unwrap_or(0)).1))
        })
        .collect();
    ends.sort_by(|a, b| a.1.total_cmp(&b.1));
    // From the lowest up, so that no label is pushed below the baseline.
    let mut above = 246.0;
    let mut at = [0.0; 3];
    for (series, y) in ends.into_iter().rev() {
        let y = f64::min(y + 5.0, above);
        if let Some(slot) = at.get_mut(series) {
            *slot = y;
        }
        above = y - 21.0;
    }
    let (first_label, last_label) = (
        days.first().map(|day| day.label.clone()).unwrap_or_default(),
        days.last().map(|day| day.label.clone()).unwrap_or_default(),
    );
    let classes = ["lodged", "closed", "confirmed"];
    let lines = classes
        .into_iter()
        .enumerate()
        .map(|(series, class)| view! { <polyline class=class points=line(series) fill="none"/> })
        .collect_view();
    let labels = names
        .into_iter()
        .zip(classes)
        .zip(at)
        .map(|((name, class), y)| view! { <text class=class x="890" y=y>{name}</text> })
        .collect_view();
    view! {
        <svg class="trend" viewBox="0 0 1140 275" aria-hidden="true" focusable="false">
            <line class="grid" x1="20" x2="880" y1="240" y2="240"/>
            <line class="grid" x1="20" x2="880" y1="130" y2="130"/>
            <line class="grid" x1="20" x2="880" y1="20" y2="20"/>
            {lines}
            {labels}
            <text class="axis" x="20" y="14">{crate::format::number(highest)}</text>
            {(highest % 2 == 0).then(|| view! { <text class="axis" x="20" y="125">{crate::format::number(highest / 2)}</text> })}
            <text class="axis" x="20" y="266">{first_label}</text>
            <text class="axis end" x="880" y="266">{last_label}</text>
        </svg>
    }
}
