import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { looksLikeWebPage, sharingSite } from './web-page.ts';

describe('web pages given as media', () => {
  it('are known by their beginning, in any case, after marks and prologs, in UTF-16 too', () => {
    for (const text of [
      '<!DOCTYPE html>',
      '\n\t <HTML lang=en>',
      '\ufeff<html>',
      '<?xml version="1.0"?>\n<!doctype html>',
      '<script>x',
    ]) {
      assert.ok(looksLikeWebPage(Buffer.from(text)), text);
    }
    assert.ok(looksLikeWebPage(Buffer.from('\ufeff<html>', 'utf16le')));
  });

  it('are not SVG, JSON, text or binary', () => {
    for (const text of [
      '<svg xmlns="x"/>',
      '<?xml version="1.0"?><svg/>',
      '{"html":"<html>"}',
      'see <html>',
      '\xff\xd8\xff',
    ]) {
      assert.ok(!looksLikeWebPage(Buffer.from(text, 'latin1')), text);
    }
  });

  it('of well-known sharing sites are named, subdomains included and look-alikes not', () => {
    assert.equal(sharingSite('drive.google.com'), 'Google Drive');
    assert.equal(sharingSite('www.dropbox.com'), 'Dropbox');
    assert.equal(sharingSite('notdropbox.com'), null);
    assert.equal(sharingSite('dropbox.com.example.org'), null);
  });
});
