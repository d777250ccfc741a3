import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expandMultirun, parseOverride } from '#core/multirun/multirun.ts';

const groups: Readonly<Record<string, readonly string[]>> = { db: ['mysql', 'pg', 'sqlite'] };

/** The jobs' overrides, those of a job joined by blanks, or the code and marked text of each problem. */
function jobsOf(words: readonly string[]): readonly string[] {
  const { jobs, problems } = expandMultirun(words, { groupOptions: (group) => groups[group] });
  if (jobs === undefined) {
    return problems.map(({ code, word, span }) => `${code} <${(words[word] ?? '').slice(...span)}>`);
  }
  return Array.from(jobs, (overrides) => overrides.join(' '));
}

type Row = readonly [word: string, ...jobs: string[]];

function table(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [word, ...jobs] of rows) it(word, () => assert.deepEqual(jobsOf([word]), jobs));
  });
}

table('One value is printed as Hydra prints it', [
  ['a=1e6', 'a=1000000.0'],
  ['a=1e-7', 'a=1e-07'],
  ['a=10.', 'a=10.0'],
  ['a=1e16', 'a=1e+16'],
  ['a=.5', 'a=0.5'],
  ['a=-0.', 'a=-0.0'],
  ['a=Inf', 'a=inf'],
  ['a=-inf', 'a=-inf'],
  ['a=NaN', 'a=nan'],
  ['a=1_0.5e-1_0', 'a=1.05e-09'],
  ['a=1_000', 'a=1000'],
  ['a=+1', 'a=1'],
  ['a=-0', 'a=0'],
  ['a=12345678901234567890123', 'a=12345678901234567890123'],
  ['a=1e999', 'a=inf'],
  ['a=TRUE', 'a=True'],
  ['a=false', 'a=False'],
  ['a=NuLL', 'a=null'],
  ['a=x y', String.raw`a=x\ y`],
  ['a=b:c', String.raw`a=b\:c`],
  ['a=b : c', String.raw`a=b\ \:\ c`],
  ['a=${x.y}', String.raw`a=$\{x.y\}`],
  ['a=p/${x}-1', String.raw`a=p/$\{x\}-1`],
  ['a=007', 'a=007'],
  ['a=1.5.2', 'a=1.5.2'],
  ['a=1e5x', 'a=1e5x'],
  ['a=1__0', 'a=1__0'],
  ['a=_1', 'a=_1'],
  ['a=/a-b\\+.$%*@?|', String.raw`a=/a-b\\+.$%*@?|`],
  [String.raw`a=\(\)\[\]\{\}\:\=\,\ \\`, String.raw`a=\(\)\[\]\{\}\:\=\,\ \\`],
  ['a=  x \t', 'a=x'],
  ["a='x y'", "a='x y'"],
  ['a="1"', 'a="1"'],
  [String.raw`a='it\'s'`, String.raw`a='it\'s'`],
  [String.raw`a='x\\'`, String.raw`a='x\\'`],
  [String.raw`a='x\n\y'`, String.raw`a='x\n\y'`],
  [String.raw`a="\\\""`, String.raw`a="\\\""`],
  ["a='é;#<>'", "a='é;#<>'"],
  ['a=', 'a='],
  ['a=[1, 2 , x y]', String.raw`a=[1,2,x\ y]`],
  ['a=[]', 'a=[]'],
  ['a={}', 'a={}'],
  ['a={ b : 1 , c:[x, 2.] }', 'a={b:1,c:[x,2.0]}'],
  ['a={1:x,1.0:y,true:z}', 'a={1:z}'],
  ['a={b:x:y}', String.raw`a={b:x\:y}`],
  ["a=['x',null,{b:{c:True}}]", "a=['x',null,{b:{c:True}}]"],
  ['~a', '~a=null'],
  ['~a=1', '~a=1'],
  ['+a=1', '+a=1'],
  ['++a=1', '++a=1'],
]);

table('Keys are names, groups and packages', [
  ['a.b.0.$c-d=1', 'a.b.0.$c-d=1'],
  ['hydra/job-logging=x', 'hydra/job-logging=x'],
  ['db/a@x.y=1', 'db/a@x.y=1'],
  ['db@=1', 'db@=1'],
  ['=1', '=1'],
  ['a.00=1', 'multirun-key <a.00>'],
  ['a.=1', 'multirun-key <a.>'],
  ['1=1', 'multirun-key <1>'],
  ['a/b.c=1', 'multirun-key <a/b.c>'],
  ['a/$b=1', 'multirun-key <a/$b>'],
  ['a@b/c=1', 'multirun-key <b/c>'],
  ['a@b:c=1', 'multirun-key <:c>'],
  ['a é=1', 'multirun-key < >'],
  ['aé=1', 'multirun-key <é>'],
  [' a=1', 'multirun-key < >'],
  ['a =1', 'multirun-key < >'],
  ['a+b=1', 'multirun-key <+>'],
  ['+++a=1', 'multirun-key <+>'],
  ['a', 'multirun-value-missing <a>'],
  ['+a', 'multirun-value-missing <+a>'],
  ['', 'multirun-value-missing <>'],
]);

table('Sweeps make a job for each value', [
  ['a=1,2.,x', 'a=1', 'a=2.0', 'a=x'],
  ['a=\'x\',"y"', "a='x'", 'a="y"'],
  ['a=[1,2],[3,4]', 'a=[1,2]', 'a=[3,4]'],
  ['a= 1 , 2 ', 'a=1', 'a=2'],
  ['a=1,1', 'a=1', 'a=1'],
  ['a=choice(x)', 'a=x'],
  ["a=choice( 'x' , null,[1,'y'])", 'a=x', 'a=null', "a=[1,'y']"],
  ['a=choice(int(1.5,2.5))', 'a=1', 'a=2'],
  ['a=range(3)', 'a=0', 'a=1', 'a=2'],
  ['a=range (1,3)', 'a=1', 'a=2'],
  ['a=range(stop=2,start=1)', 'a=1'],
  ['a=range(5,0,-2)', 'a=5', 'a=3', 'a=1'],
  ['a=range(0,10,3.3)', 'a=0.0', 'a=3.3', 'a=6.6', 'a=9.9'],
  ['a=range(0,0.3,0.1)', 'a=0.0', 'a=0.1', 'a=0.2'],
  ['a=range(0.3,0,-0.1)', 'a=0.3', 'a=0.2', 'a=0.1'],
  ['a=range(1e-7,3e-7,1e-7)', 'a=1e-07', 'a=2e-07'],
  ['a=range(1e22,3e22,1e22)', 'a=1e+22', 'a=2e+22'],
  ['a=range(2.)', 'a=0.0', 'a=1.0'],
  ['a=int(range(0.5,3.5,1.5))', 'a=0', 'a=1', 'a=2'],
  ['a=float(range(2))', 'a=0.0', 'a=1.0'],
  ['a=sort(range(10,1,-2))', 'a=2', 'a=4', 'a=6', 'a=8', 'a=10'],
  ['a=sort(range(0,5,2),reverse=true)', 'a=4', 'a=2', 'a=0'],
  ['a=sort(range(0,0.3,0.1),reverse=true)', 'a=0.2', 'a=0.1', 'a=0.0'],
  ['a=sort(3,1.5,true)', 'a=True', 'a=1.5', 'a=3'],
  ['a=sort(b,a,reverse=TRUE)', 'a=b', 'a=a'],
  ['a=sort(list=[2,1])', 'a=[1,2]'],
  ['a=sort([2,1],reverse=true)', 'a=[2,1]'],
  ['a=sort(choice(c,a))', 'a=a', 'a=c'],
  ['a=tag(t1,t2,choice(1,2))', 'a=1', 'a=2'],
  ['a=tag(t,sweep=range(1))', 'a=0'],
  ['a=int(1.9)', 'a=1'],
  ['a=int(" -1_0 ",007,true)', 'a=-10', 'a=7', 'a=1'],
  ['a=float([1,{b:"inf"}])', 'a=[1.0,{b:inf}]'],
  ['a=float(.5e1,infinity)', 'a=5.0', 'a=inf'],
  ['a=bool(0,1.,TRUE,"False",nan)', 'a=False', 'a=True', 'a=True', 'a=False', 'a=True'],
  ['a=str(x)', 'a=x'],
  ['a=str(true)', 'a=true'],
  ['a=str(1)', 'a=1'],
  ['a=str(1e3,[2])', 'a=1000.0', 'a=[2]'],
  ['a=json_str([1,2.5,null])', String.raw`a=\[1\,\ 2.5\,\ null\]`],
  ['db=glob(*)', 'db=mysql', 'db=pg', 'db=sqlite'],
  ["db=glob([m*,'[!a-o]*'],exclude=*lite)", 'db=mysql', 'db=pg'],
  ['a=extend_list(1,x)', 'a=extend_list(1,x)'],
]);

table('A mistake is told where it is', [
  ['a=interval(0,1)', 'multirun-interval <interval(0,1)>'],
  ['a=1,tag(interval(0,1))', 'multirun-interval <interval(0,1)>'],
  ['a=rnge(3)', 'multirun-unknown-function <rnge>'],
  ['a=choice()', 'multirun-argument <choice()>'],
  ['a=choice(1,choice(2))', 'multirun-nested-sweep <choice(2)>'],
  ['a=choice(choice(1,2))', 'multirun-nested-sweep <choice(1,2)>'],
  ['a=[1, range(3)]', 'multirun-nested-sweep <range(3)>'],
  ['a=1,range(3)', 'multirun-nested-sweep <range(3)>'],
  ['a={b:range(3)}', 'multirun-nested-sweep <range(3)>'],
  ['a=range(1,2,0)', 'multirun-argument <0>'],
  ['a=range(1,2,3,4)', 'multirun-argument <4>'],
  ['a=range(1,by=2)', 'multirun-argument <2>'],
  ['a=range(stop=1,2)', 'multirun-argument <2>'],
  ['a=range(1,start=2)', 'multirun-argument <2>'],
  ['a=range(x)', 'multirun-argument <x>'],
  ['a=range(0,inf)', 'multirun-argument <inf>'],
  ['a=range(0,1,1e-300)', 'multirun-too-large <range(0,1,1e-300)>'],
  ['a=shuffle(range(1000000000))', 'multirun-too-large <range(1000000000)>'],
  ['a=int(range(0,1,0.1))', 'multirun-argument <range(0,1,0.1)>'],
  ['a=str(range(3))', 'multirun-argument <range(3)>'],
  ['a=int(x)', 'multirun-argument <x>'],
  ['a=int(null)', 'multirun-argument <null>'],
  ['a=int(inf)', 'multirun-argument <inf>'],
  ['a=bool(yes)', 'multirun-argument <yes>'],
  ['a=sort(1,x)', 'multirun-argument <sort(1,x)>'],
  ['a=tag(choice(1),2)', 'multirun-argument <2>'],
  ['a=glob(*)', 'multirun-glob <glob(*)>'],
  ['a=1,', 'multirun-value-missing <,>'],
  ['a=,1', 'multirun-value-missing <,>'],
  ['a=1,,2', 'multirun-value-missing <,>'],
  ['a= \t', 'multirun-value-missing < \t>'],
  ['a=1=2', 'multirun-syntax <=>'],
  ['a=[1] ', 'multirun-syntax < >'],
  ['a=[1', 'multirun-syntax <[1>'],
  ['a=[1}', 'multirun-syntax <}>'],
  ["a='x", "multirun-syntax <'x>"],
  ["a=x'y'", "multirun-syntax <'y'>"],
  ["a={'b':1}", "multirun-syntax <'b'>"],
  ['a={${b}:1}', 'multirun-syntax <${b}>'],
  ['a=x(', 'multirun-value-missing <(>'],
  ['a=x y(1)', 'multirun-syntax <(>'],
  ['a=x;y', 'multirun-unquoted-character <;>'],
  ['a=😀', 'multirun-unquoted-character <😀>'],
  ["a=choice('x;y',z)", "multirun-text-unreadable <choice('x;y',z)>"],
  [`a=${'['.repeat(500)}`, 'multirun-syntax <[>'],
  ['+a=extend_list(1)', 'multirun-argument <+>'],
  ...Array.from('#;&<>!~^`', (refused): Row => [`a=${refused}`, `multirun-unquoted-character <${refused}>`]),
]);

describe('What the jobs would read differently', () => {
  const warned: readonly (readonly [string, readonly string[]])[] = [
    ['a=str(1)', ['str(1)']],
    ['a=x,str(1,2)', []],
    ["a=choice('1',x)", ["choice('1',x)"]],
    ["a='1',x", []],
    ['a=str(x,y_1)', []],
    ["a=choice('x y','')", []],
    ['a=json_str(abc)', ['json_str', 'json_str(abc)']],
  ];
  for (const [word, marked] of warned) {
    it(`${word} has ${marked.length} warnings`, () => {
      const reading = parseOverride(word);
      const found = 'warnings' in reading ? reading.warnings : [];
      assert.deepEqual(
        found.map(({ span }) => word.slice(...span)),
        marked,
      );
    });
  }
});
