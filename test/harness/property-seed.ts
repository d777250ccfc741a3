/**
 * Loaded before every test file. CI draws the same cases every time, so that a change is judged by what it
 * changes; everywhere else each run draws new ones, and what they find becomes a test of its own.
 */
import fc from 'fast-check';

if (process.env['CI'] === 'true') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20261121 });
