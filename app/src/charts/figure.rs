//! A drawing in its box, and over it, where the page is awake, the interactive chart.

use super::svg::Size;
use crate::platform;
use leptos::html;
use leptos::prelude::*;

/// An interactive chart to be mounted: its option as JSON, read again whenever a signal in it
/// changes, and the group with which it shares crosshair and zoom.
#[derive(Clone)]
pub struct Mounted {
    /// Makes the option.
    pub option: Callback<(), String>,
    /// Charts of one group move together.
    pub group: Option<String>,
}

/// The interactive chart over a drawing.
#[derive(Clone)]
pub enum Interactive {
    /// Nothing of it changes: an island of its own.
    Still {
        /// The option with its frames, see [`super::options`].
        option: String,
        /// Charts of one group move together.
        group: Option<String>,
    },
    /// It grows, within an island.
    Growing(Mounted),
}

/// An interactive chart of which nothing changes.
#[island]
fn StillChart(
    /// The option with its frames, as JSON.
    option: String,
    /// Charts of one group move together.
    group: Option<String>,
) -> impl IntoView {
    let option = StoredValue::new(option);
    live_chart(Mounted { option: Callback::new(move |()| option.get_value()), group })
}

/// The box that ECharts draws in.
fn live_chart(chart: Mounted) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    platform::mount_chart(place, chart);
    view! { <div class="live" node_ref=place aria-hidden="true"></div> }.into_any()
}

/// A drawing with its caption. With `live` the interactive chart takes over the same box once it
/// comes near the view; nothing on the page moves.
#[component]
pub fn Chart(
    /// From [`crate::charts::svg`].
    #[prop(into)]
    drawing: Signal<String>,
    /// Its sizes, on a page and on a phone.
    sizes: [Size; 2],
    /// What the chart shows, as a sentence for those who do not see it.
    #[prop(into)]
    label: Signal<String>,
    /// The interactive chart.
    #[prop(optional_no_strip)]
    live: Option<Interactive>,
    /// What stands above: a [`Legend`].
    #[prop(optional, into)]
    caption: ViewFn,
    /// What stands below: the table of the same data.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let live = live.map(|live| match live {
        Interactive::Growing(chart) => live_chart(chart),
        Interactive::Still { option, group } => view! { <StillChart option group/> }.into_any(),
    });
    let [wide, phone] = sizes.map(Size::most);
    let most = format!("--wide:{wide:.0}px;--phone:{phone:.0}px");
    view! {
        <figure class="chart" aria-label=move || label.get()>
            {caption.run()}
            <div class="plot" style=most>
                <div class="drawing" inner_html=move || drawing.get()></div>
                {live}
            </div>
            {children.map(|children| children())}
        </figure>
    }
    .into_any()
}

/// A series in a [`Legend`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegendEntry {
    /// Its name.
    pub name: String,
    /// Its newest or its only value, formatted; empty for none.
    pub value: String,
    /// Which series, from 0; `None` for what only compares.
    pub series: Option<usize>,
}

/// Names and values of the series, in the order of their colours.
#[component]
pub fn Legend(
    /// The series.
    #[prop(into)]
    entries: Signal<Vec<LegendEntry>>,
) -> impl IntoView {
    let items = move || {
        entries
            .get()
            .into_iter()
            .map(|entry| {
                let class = match entry.series {
                    Some(i) if (i / 8).is_multiple_of(2) => format!("s{}", i % 8 + 1),
                    Some(i) => format!("dash s{}", i % 8 + 1),
                    None => "dash s0".into(),
                };
                let text = format!("{} {}", entry.name, entry.value);
                view! {
                    <li>
                        <i class=class></i>
                        {text.trim_end().to_string()}
                    </li>
                }
                .into_any()
            })
            .collect_view()
    };
    view! {
        <ul class="legend" role="list">
            {items}
        </ul>
    }
}
