//! The receipt: one page of A4 in the case's language, shaped as its script needs, with a QR code that leads to the
//! case and with what is needed to check it against the published ledger.

use crate::state::App;
use crate::store::Trail;
use crate::words::Words;
use anyhow::{Context, Result, bail};
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Tag, TagGroup, TagKind, TagTree};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use model::wire::CaseView;
use parley::fontique::Blob;
use parley::style::{FontFamily, FontWeight, LineHeight, StyleProperty};
use parley::{Alignment, FontContext, LayoutContext};
use qrcode::QrCode;
use std::collections::HashMap;
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::Arc;

/// Width and height of A4, in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 56.0;
/// Edge of the QR code, in points.
const CODE: f32 = 104.0;

const INK: [u8; 3] = [23, 33, 43];
const QUIET: [u8; 3] = [74, 86, 98];
const BRAND: [u8; 3] = [11, 93, 87];
const LINE: [u8; 3] = [217, 223, 220];

/// The fonts, read once.
#[derive(Clone)]
pub struct Fonts(FontContext);

impl Fonts {
    /// Reads every font of the folder. System fonts are not used, so that a receipt looks the same everywhere.
    ///
    /// # Errors
    /// Where the folder has no font.
    pub fn load(public: &Path) -> Result<Self> {
        let folder = public.join("fonts");
        let mut context = FontContext::default();
        let mut found = 0;
        for entry in std::fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "ttf") {
                let data = std::fs::read(&path).with_context(|| format!("{}", path.display()))?;
                found += context.collection.register_fonts(Blob::new(Arc::new(data)), None).len();
            }
        }
        if found == 0 {
            bail!("{} holds no font", folder.display());
        }
        Ok(Self(context))
    }
}

/// A page that is written from top to bottom.
struct Sheet<'a, 'b> {
    surface: &'a mut Surface<'b>,
    fonts: FontContext,
    layouts: LayoutContext<()>,
    used: HashMap<u64, Font>,
    at: f32,
    rtl: bool,
    /// Tags for screen readers, in order.
    told: TagTree,
}

/// Style of a paragraph.
#[derive(Clone, Copy)]
struct Look {
    size: f32,
    bold: bool,
    /// Whether it is the heading of the page.
    heading: bool,
    colour: [u8; 3],
    width: f32,
}

const BODY: Look = Look { size: 11.5, bold: false, heading: false, colour: INK, width: PAGE.0 - 2.0 * MARGIN };

fn fill(colour: [u8; 3]) -> Fill {
    let [red, green, blue] = colour;
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

impl Sheet<'_, '_> {
    /// Writes a paragraph and moves below it.
    fn write(&mut self, text: &str, look: Look) -> Result<()> {
        let families = FontFamily::Source(
            "'Noto Sans Bengali', 'Noto Sans Devanagari', 'Noto Naskh Arabic', 'Noto Sans', 'Noto Sans Ol Chiki', sans-serif".into(),
        );
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(families));
        builder.push_default(StyleProperty::FontSize(look.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(1.55)));
        if look.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(Some(look.width));
        let side = if self.rtl { Alignment::Right } else { Alignment::Left };
        layout.align(side, Default::default());
        // On a right-to-left page a narrow paragraph is at the right margin.
        let left = if self.rtl { PAGE.0 - MARGIN - look.width } else { MARGIN };
        let part = self.surface.start_tagged(ContentTag::Other);
        for line in layout.lines() {
            let (baseline, mut x) = (self.at + line.metrics().baseline, left + line.metrics().offset);
            for run in line.runs() {
                let (data, id) = run.font().data.clone().into_raw_parts();
                let font = match self.used.get(&id) {
                    Some(font) => font.clone(),
                    None => {
                        let font = Font::new(data.into(), run.font().index).context("a font cannot be used")?;
                        self.used.insert(id, font.clone());
                        font
                    }
                };
                let (size, start) = (run.font_size(), x);
                let mut glyphs: Vec<KrillaGlyph> = Vec::new();
                for cluster in run.visual_clusters() {
                    if cluster.is_ligature_continuation() {
                        if let Some(glyph) = glyphs.last_mut() {
                            glyph.text_range.end = cluster.text_range().end;
                        }
                        continue;
                    }
                    for glyph in cluster.glyphs() {
                        glyphs.push(KrillaGlyph::new(
                            GlyphId::new(glyph.id),
                            glyph.advance / size,
                            glyph.x / size,
                            glyph.y / size,
                            0.0,
                            cluster.text_range(),
                            None,
                        ));
                        x += glyph.advance;
                    }
                }
                if !glyphs.is_empty() {
                    self.surface.set_fill(Some(fill(look.colour)));
                    self.surface.draw_glyphs(Point::from_xy(start, baseline), &glyphs, font, text, size, false);
                }
            }
        }
        self.surface.end_tagged();
        let kind = if look.heading { Tag::Hn(NonZeroU16::MIN, None).into() } else { TagKind::from(Tag::P) };
        self.told.push(TagGroup::with_children(kind, vec![part.into()]));
        self.at += layout.height();
        Ok(())
    }

    /// Writes a label and its value.
    fn pair(&mut self, label: &str, value: &str, width: f32) -> Result<()> {
        if value.is_empty() {
            return Ok(());
        }
        self.write(label, Look { size: 9.5, colour: QUIET, width, ..BODY })?;
        self.write(value, Look { width, ..BODY })?;
        self.at += 6.0;
        Ok(())
    }

    fn rule(&mut self) {
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(MARGIN, self.at, PAGE.0 - 2.0 * MARGIN, 0.8) {
            path.push_rect(rect);
        }
        self.surface.start_tagged(ContentTag::Artifact(Artifact::new(ArtifactType::Other, None)));
        self.surface.set_fill(Some(fill(LINE)));
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
        self.surface.end_tagged();
        self.at += 12.0;
    }

    /// Draws the QR code at the end of the line on which the text begins.
    fn code(&mut self, address: &str, top: f32) -> Result<()> {
        let code = QrCode::new(address.as_bytes()).context("no code can be made")?;
        let modules = code.width();
        #[allow(clippy::cast_precision_loss)] // some dozens
        let edge = CODE / modules as f32;
        let left = if self.rtl { MARGIN } else { PAGE.0 - MARGIN - CODE };
        let mut path = PathBuilder::new();
        for (index, colour) in code.to_colors().into_iter().enumerate() {
            #[allow(clippy::cast_precision_loss)] // some dozens
            let (column, row) = ((index % modules) as f32, (index / modules) as f32);
            let rect = Rect::from_xywh(left + column * edge, top + row * edge, edge, edge);
            if let (qrcode::Color::Dark, Some(rect)) = (colour, rect) {
                path.push_rect(rect);
            }
        }
        let part = self.surface.start_tagged(ContentTag::Other);
        self.surface.set_fill(Some(fill([0, 0, 0])));
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
        self.surface.end_tagged();
        // The sentence beside it says what it is for.
        self.told.push(TagGroup::with_children(Tag::Figure(Some(address.to_owned())), vec![part.into()]));
        Ok(())
    }
}

/// Letters of the grievance that fit the page; the app shows the rest.
const WORDS: usize = 1_400;

/// The receipt of a case as its citizen sees it, as PDF.
///
/// # Errors
/// Where a font or the document fails.
pub fn make(app: &App, fonts: &Fonts, words: &Words, view: &CaseView, trail: &Trail) -> Result<Vec<u8>> {
    let (language, brand, line) = (words.language(), &app.facts.tables.reference.brand, &view.line);
    let mut document = Document::new();
    let title = format!("{} {}", words.say("receipt.title"), line.reference.grouped());
    document.set_metadata(Metadata::new().title(title).language(language.tag().to_owned()));
    let settings = PageSettings::from_wh(PAGE.0, PAGE.1).context("A4 is a page")?;
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    let mut sheet = Sheet {
        surface: &mut surface,
        fonts: fonts.0.clone(),
        layouts: LayoutContext::new(),
        used: HashMap::new(),
        at: MARGIN,
        rtl: language.direction() == "rtl",
        told: TagTree::new(),
    };
    let beside = PAGE.0 - 2.0 * MARGIN - CODE - 24.0;
    // Without the link's signature: a receipt is shown to others, and must not give access.
    sheet.code(&format!("https://{}{}", brand.site, language.path(&format!("/case/{}", line.reference))), MARGIN)?;
    let owner = format!("{}, {}", brand.owner.of(language), brand.state.of(language));
    sheet.write(brand.name.of(language), Look { size: 20.0, bold: true, colour: BRAND, width: beside, ..BODY })?;
    sheet.write(&owner, Look { size: 9.5, colour: QUIET, width: beside, ..BODY })?;
    sheet.at += 8.0;
    sheet.write(words.say("done.number"), Look { size: 9.5, colour: QUIET, width: beside, ..BODY })?;
    sheet.write(&line.reference.grouped(), Look { size: 24.0, bold: true, heading: true, width: beside, ..BODY })?;
    sheet.at = sheet.at.max(MARGIN + CODE + 6.0);
    sheet.write(words.say("receipt.scan"), Look { size: 9.5, colour: QUIET, ..BODY })?;
    sheet.at += 6.0;
    sheet.rule();
    sheet.pair(words.say("receipt.lodged"), &words.date(line.lodged_at), BODY.width)?;
    sheet.pair(words.say("receipt.due"), &line.due.map(|due| words.date(due)).unwrap_or_default(), BODY.width)?;
    sheet.pair(words.say("receipt.name"), view.name.as_deref().unwrap_or_default(), BODY.width)?;
    sheet.pair(words.say("receipt.mobile"), view.mobile.as_deref().unwrap_or_default(), BODY.width)?;
    sheet.pair(words.say("lodge.check.landmark"), &view.landmark, BODY.width)?;
    let said = if view.text.is_empty() {
        words.say("case.spoken").to_owned()
    } else {
        model::text::shorten(&view.text, WORDS)
    };
    sheet.pair(words.say("receipt.words"), &said, BODY.width)?;
    sheet.rule();
    sheet.write(words.say("receipt.next"), Look { bold: true, ..BODY })?;
    sheet.at += 10.0;
    let seq = language.digits(&trail.seq.to_string());
    let check = words.say("receipt.check").replace("{address}", &brand.site).replace("{seq}", &seq);
    sheet.write(&check, Look { size: 9.5, colour: QUIET, ..BODY })?;
    let seal = hex::encode(crate::ledger::commitment(&trail.salt, &trail.statement));
    // The hash is Latin and reads from left to right on every page.
    sheet.write(&format!("\u{2066}{seal}\u{2069}"), Look { size: 9.0, colour: QUIET, ..BODY })?;
    sheet.at += 4.0;
    let call = format!("{}: \u{2066}{}\u{2069}", words.say("helpline.title"), brand.helpline);
    sheet.write(&call, Look { size: 9.5, colour: QUIET, ..BODY })?;
    let told = std::mem::replace(&mut sheet.told, TagTree::new());
    surface.finish();
    page.finish();
    document.set_tag_tree(told);
    document.finish().map_err(|error| anyhow::anyhow!("the receipt cannot be made: {error:?}"))
}
