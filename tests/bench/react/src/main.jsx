// The reference page of the benchmark: the same questions as the citizen app asks, in React with its router.
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Link, Route, Routes, useNavigate } from 'react-router';
import '../../../../style/base.css';
import '../../../../style/citizen.css';

const stored = () => JSON.parse(localStorage.getItem('draft') ?? '{}');

function useDraft() {
  const [draft, setDraft] = useState(stored);
  useEffect(() => localStorage.setItem('draft', JSON.stringify(draft)), [draft]);
  return [draft, (part) => setDraft((old) => ({ ...old, ...part }))];
}

function Frame({ t, children }) {
  return (
    <>
      <header className="bar"><Link className="brand" to="/">{t.brand}</Link><Link to="/help">{t['nav.help']}</Link></header>
      <main className="page" id="main">{children}</main>
    </>
  );
}

function Home({ t }) {
  return (
    <>
      <h1>{t['home.title']}</h1>
      <p className="lead">{t['home.lead']}</p>
      <p className="stack"><Link className="button" to="/lodge">{t['home.lodge']}</Link><Link className="button second" to="/sign-in">{t['home.mine']}</Link></p>
      <ol className="thread steps">{[1, 2, 3].map((n) => <li key={n}><p className="what">{t[`home.step${n}`]}</p><p>{t[`home.step${n}.more`]}</p></li>)}</ol>
    </>
  );
}

function Question({ t, title, hint, name, next, area, check }) {
  const [draft, change] = useDraft();
  const [error, setError] = useState('');
  const navigate = useNavigate();
  const submit = (event) => {
    event.preventDefault();
    const problem = check?.(draft[name] ?? '');
    setError(problem ?? '');
    if (!problem) navigate(next);
  };
  const Input = area ? 'textarea' : 'input';
  return (
    <form noValidate onSubmit={submit}>
      {error && <div className="summary" role="alert"><h2>{t['error.summary']}</h2><a href={`#${name}`}>{error}</a></div>}
      <div className="field">
        <h1><label htmlFor={name}>{title}</label></h1>
        {hint && <p className="hint">{hint}</p>}
        {error && <p className="error">{error}</p>}
        <Input id={name} name={name} rows={area ? 7 : undefined} value={draft[name] ?? ''} onChange={(event) => change({ [name]: event.target.value })} />
      </div>
      <button className="button">{t.continue}</button>
    </form>
  );
}

function Where({ t }) {
  const [places, setPlaces] = useState([]);
  const [draft, change] = useDraft();
  const navigate = useNavigate();
  useEffect(() => {
    fetch('/api/reference').then((answer) => answer.json()).then((tables) => setPlaces(tables.districts), () => {});
  }, []);
  const typed = (draft.place ?? '').toLowerCase();
  const found = typed ? places.flatMap((district) => district.places.filter((place) => place.name.en.toLowerCase().includes(typed))).slice(0, 8) : [];
  return (
    <form onSubmit={(event) => { event.preventDefault(); navigate('/lodge/you'); }}>
      <h1>{t['lodge.where.title']}</h1>
      <div className="field suggest">
        <input role="combobox" aria-expanded={found.length > 0} value={draft.place ?? ''} onChange={(event) => change({ place: event.target.value })} />
        <ul role="listbox">{found.map((place) => <li role="option" key={place.lgd} onMouseDown={() => change({ place: place.name.en, lgd: place.lgd })}>{place.name.bn}</li>)}</ul>
      </div>
      <button className="button">{t.continue}</button>
    </form>
  );
}

function Check({ t }) {
  const [draft] = useDraft();
  const [number, setNumber] = useState('');
  const send = async () => {
    const answer = await fetch('/api/grievances', { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }, body: JSON.stringify(draft) });
    if (answer.ok) setNumber((await answer.json()).reference);
  };
  if (number) return <div className="panel"><h1>{t['done.title']}</h1><p className="number">{number}</p></div>;
  return (
    <>
      <h1>{t['lodge.check.title']}</h1>
      <dl className="answers">{Object.entries(draft).map(([name, value]) => <div className="row" key={name}><dt>{name}</dt><dd>{String(value)}</dd></div>)}</dl>
      <button className="button" onClick={send}>{t['lodge.send']}</button>
    </>
  );
}

function App() {
  const [t, setWords] = useState(null);
  useEffect(() => { fetch('/locales/citizen.bn.json').then((answer) => answer.json()).then(setWords); }, []);
  if (!t) return null;
  const filled = (message) => (value) => (value.trim() ? null : message);
  return (
    <BrowserRouter>
      <Frame t={t}>
        <Routes>
          <Route path="/" element={<Home t={t} />} />
          <Route path="/lodge" element={<Question t={t} area name="text" title={t['lodge.what.title']} hint={t['lodge.what.hint']} next="/lodge/where" check={filled(t['problem.text_empty'])} />} />
          <Route path="/lodge/where" element={<Where t={t} />} />
          <Route path="/lodge/you" element={<Question t={t} name="name" title={t['lodge.you.name']} next="/lodge/mobile" check={filled(t['problem.name_empty'])} />} />
          <Route path="/lodge/mobile" element={<Question t={t} name="mobile" title={t['lodge.you.mobile']} hint={t['lodge.you.mobile.hint']} next="/lodge/check" check={filled(t['problem.mobile_empty'])} />} />
          <Route path="/lodge/check" element={<Check t={t} />} />
          <Route path="/sign-in" element={<Question t={t} name="mobile" title={t['signin.title']} hint={t['signin.hint']} next="/" />} />
          <Route path="*" element={<h1>{t['notfound.title']}</h1>} />
        </Routes>
      </Frame>
    </BrowserRouter>
  );
}

createRoot(document.getElementById('root')).render(<StrictMode><App /></StrictMode>);
