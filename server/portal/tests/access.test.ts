import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginProblem, waitWords } from '../src/account/login-dialog';
import { matching } from '../src/admin/commune-picker';
import { changed, given } from '../src/admin/editor';
import { subjectOf } from '../src/admin/rights-editor';
import { phaseOf } from '../src/admin/words';
import { fieldFor } from '../src/form';
import { ServerAway, ServerRefusal } from '../src/http';
import { fr } from '../src/strings.fr';

test('a refused login says what to do', () => {
  assert.match(loginProblem(new ServerRefusal(401, 'x')), /incorrect/);
  assert.equal(loginProblem(new ServerRefusal(429, 'x', null, 45)), "Trop d'essais. Réessayez dans 45 secondes.");
  assert.equal(loginProblem(new ServerRefusal(429, 'x', null, 121)), "Trop d'essais. Réessayez dans 3 minutes.");
  assert.match(loginProblem(new ServerAway('session')), /ne répond pas/);
  assert.equal(loginProblem(new ServerRefusal(403, 'mot du serveur')), 'mot du serveur');
});

test('a wait is told in units people use', () => {
  assert.equal(waitWords(0), 'dans 1 seconde');
  assert.equal(waitWords(null), 'dans quelques minutes');
});

test('a convention that is called one is not called so twice', () => {
  assert.equal(fr.conventionEnded('Convention ADS 2016', '21 novembre 2026'), '«\u00a0Convention ADS 2016\u00a0» a pris fin le 21 novembre 2026.');
  assert.match(fr.conventionEnded('ADS 2016', 'x'), /^La convention «/);
});

test('an objection finds its field, whatever way its member is written', () => {
  const fields = [{ name: 'rights' }, { name: 'valid_to' }];
  for (const parameter of ['rights', 'rights[0].communes', 'rights/0/layer', '/rights/0', 'rights.0']) {
    assert.equal(fieldFor(parameter, fields)?.name, 'rights', parameter);
  }
  assert.equal(fieldFor('valid_to', fields)?.name, 'valid_to');
  for (const parameter of [null, '', 'title', 'valid']) assert.equal(fieldFor(parameter, fields), undefined);
});

test('only what was touched is sent, and an emptied member as null', () => {
  const before = { title: 'a', rights: [{ layer: 'x' }], valid_to: '2026-11-21' };
  assert.deepEqual(changed(before, { title: 'a', rights: [{ layer: 'x' }], valid_to: null }), { valid_to: null });
  assert.deepEqual(changed(before, { ...before, rights: [] }), { rights: [] });
  assert.deepEqual(given({ title: 'a', contact: null, active: false, layers: [] }), { title: 'a', active: false, layers: [] });
});

test('a line of rights speaks of a service or of a layer', () => {
  assert.deepEqual(subjectOf('service:ADS'), { service: 'ADS', layer: null });
  assert.deepEqual(subjectOf('layer:a:b'), { service: null, layer: 'a:b' });
  assert.deepEqual(subjectOf(''), { service: null, layer: null });
});

test('communes are found by the start of a word or of the code, without accents', () => {
  const names = new Map([
    ['62119', 'Béthune'],
    ['62445', 'Hesdigneul-lès-Béthune'],
    ['62048', 'Auchy-les-Mines'],
  ]);
  assert.deepEqual(matching('beth', names), ['62119', '62445']);
  assert.deepEqual(matching('6204', names), ['62048']);
  assert.deepEqual(matching('thune', names), []);
  assert.deepEqual(matching(' ', names), []);
});

test('the phase of a period', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const phase = (valid_from: string | null, valid_to: string | null) => phaseOf({ valid_from, valid_to }, now);
  assert.equal(phase('2015-01-01', null), 'current');
  assert.equal(phase('2027-01-01T00:00:00+01:00', null), 'future');
  assert.equal(phase('2015-01-01', '2026-11-22T00:00:00+01:00'), 'past');
  // Sixty days after 22 November is 21 January.
  assert.equal(phase('2015-01-01', '2027-01-22T00:00:00+01:00'), 'ending');
  assert.equal(phase('2015-01-01', '2027-01-23T00:00:00+01:00'), 'current');
});
