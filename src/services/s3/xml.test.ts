import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { buildXml, parseXml } from './xml.ts';

const document = z.strictObject({ Key: z.union([z.string(), z.array(z.string())]).optional() });

test('any text survives being written and read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (Key) => {
      const xml = buildXml({ root: 'Root', content: { Key } });
      assert.deepEqual(parseXml(xml, 'Root', document), { Key });
    }),
  );
});

test('a document is written as S3 writes it', () => {
  const content = {
    Name: 'a&b<c>"d"',
    Empty: '',
    Absent: undefined,
    Number: 5,
    Flag: false,
    Many: ['1', '2'],
  };
  assert.equal(
    buildXml({ root: 'Root', content: { ...content, Control: '\u0001\r' } }),
    '<Root xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>a&amp;b&lt;c&gt;&quot;d&quot;</Name>' +
      '<Empty></Empty><Number>5</Number><Flag>false</Flag><Many>1</Many><Many>2</Many>' +
      '<Control>&#x1;&#xd;</Control></Root>',
  );
});

test('name spaces, layout, comments, CDATA and references are read', () => {
  const xml = `<?xml version="1.0"?>
    <s3:Root xmlns:s3="urn:x">
      <!-- a comment -->
      <s3:Key> a&amp;amp;&#65;&#x1F511; </s3:Key>
      <s3:Key><![CDATA[<&amp;>]]></s3:Key>
    </s3:Root>`;
  assert.deepEqual(parseXml(xml, 'Root', document), { Key: [' a&amp;A🔑 ', '<&amp;>'] });
});

for (const xml of [
  '',
  'text',
  '<Root>',
  '<Root/><Root/>',
  '<Other/>',
  '<Root/>text',
  '<Root>text</Root>',
  '<Root><Key><Key/></Key></Root>',
  '<Root><Other/></Root>',
  '<Root><Key>&unknown;</Key></Root>',
  '<Root><Key>a & b</Key></Root>',
  '<Root><Key>&#x110000;</Key></Root>',
  '<!DOCTYPE Root [<!ENTITY e "x">]><Root><Key>&e;</Key></Root>',
  '<!DOCTYPE Root SYSTEM "file:///etc/passwd"><Root/>',
  '<Root><__proto__>x</__proto__></Root>',
]) {
  test(`${JSON.stringify(xml)} is MalformedXML`, () => {
    assert.throws(() => parseXml(xml, 'Root', document), { code: 'MalformedXML' });
  });
}
