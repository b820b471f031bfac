// Streamlit's own words in the reader's language. WORDS and LOCALES stand above (pages/server/frame_words.py):
// language -> what Streamlit says -> what is said in its place. What is not found stays as it is. What the board itself
// says, and data, are left alone: Streamlit has them in elements of their own.

const ATTRIBUTES = ["aria-label", "title", "placeholder", "aria-valuetext", "alt"];
const UNREAD = 'script, style, svg, canvas, textarea, [data-testid="stTable"], [data-testid="stHtml"]'; // nor what is below
const DATA = '[data-testid="stMarkdownContainer"], [data-testid="stText"], [data-testid="stSelectboxVirtualDropdown"] [role="option"]';
// Labels of Streamlit's own buttons are drawn as the board's texts are.
const BUTTONS = '[data-testid^="stFileUploader"] button, [data-testid="stTooltipContent"], [data-testid="stTopNav"]';
const LATIN = /[A-Za-z]/;
const LONGEST = 300;

const own = new Map(); // what is said in place of something -> that, for a reader who changes the language
const ofBrowser = navigator.language;
let language;

function wanted() {
  const asked = new URLSearchParams(location.search).get("lang");
  return asked in LOCALES ? asked : ofBrowser.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function patternOf(text) {
  const parts = text.split(/\{(\w+)\}/);
  return new RegExp(
    `^${parts.map((part, at) => (at % 2 ? `(?<${part}>.+?)` : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))).join("")}$`
  );
}

const catalogues = Object.fromEntries(
  Object.entries(WORDS).map(([code, words]) => {
    const patterns = Object.entries(words).filter(([text]) => text.includes("{"));
    return [code, { words, patterns: patterns.map(([text, said]) => [patternOf(text), said]) }];
  })
);

function said(text) {
  const { words, patterns } = catalogues[language];
  if (Object.hasOwn(words, text)) return words[text];
  for (const [pattern, instead] of patterns) {
    const found = pattern.exec(text);
    if (found) return instead.replace(/\{(\w+)\}/g, (_, name) => said(found.groups[name]) ?? found.groups[name]);
  }
  return undefined;
}

function say(node) {
  const text = node.nodeValue.trim();
  if (!LATIN.test(text) || text.length > LONGEST) return;
  const instead = said(text);
  if (instead === undefined || isData(node)) return;
  own.set(instead, text);
  node.nodeValue = node.nodeValue.replace(text, () => instead);
}

function unsay(node) {
  const text = own.get(node.nodeValue.trim());
  if (text !== undefined && !isData(node)) node.nodeValue = node.nodeValue.replace(node.nodeValue.trim(), () => text);
}

function isData(node) {
  return node.nodeType === Node.TEXT_NODE && node.parentElement.closest(DATA) && !node.parentElement.closest(BUTTONS);
}

// Every text and attribute in and below a node.
function each(node, change) {
  if (node.nodeType === Node.TEXT_NODE) return change(node);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(UNREAD)) return;
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (one) =>
    one.nodeType === Node.ELEMENT_NODE && one.matches(UNREAD) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT
  );
  for (let one = walker.currentNode; one; one = walker.nextNode()) {
    if (one.nodeType === Node.TEXT_NODE) change(one);
    else for (const name of ATTRIBUTES) if (one.hasAttribute(name)) change(one.getAttributeNode(name));
  }
}

function speak() {
  const before = language;
  language = wanted();
  if (language === before) return;
  document.documentElement.lang = LOCALES[language];
  window.dispatchEvent(new Event("languagechange")); // calendars and number fields look again
  if (before !== undefined) each(document.body, unsay);
  each(document.body, say);
}

function heard(changes) {
  speak();
  for (const { type, target, addedNodes, attributeName } of changes) {
    const changed = type === "attributes" ? target.getAttributeNode(attributeName) : target;
    const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
    if (element === null || element.closest(UNREAD)) continue;
    if (type === "childList") for (const node of addedNodes) each(node, say);
    else if (changed !== null) say(changed);
  }
}

// What a browser calls its language, Streamlit's calendars speak.
const spoken = () => (ofBrowser.toLowerCase().startsWith(language) ? ofBrowser : LOCALES[language]);
Object.defineProperty(navigator, "language", { get: spoken });
Object.defineProperty(navigator, "languages", { get: () => [spoken()] });
speak();
new MutationObserver(heard).observe(document.documentElement, {
  subtree: true,
  childList: true,
  characterData: true,
  attributes: true,
  attributeFilter: ATTRIBUTES,
});
