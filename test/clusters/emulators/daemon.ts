/**
 * `daemon.ts SYSTEM DIRECTORY OPTIONS`: the server of an emulated batch system. Commands and controls come over the
 * socket `DIRECTORY/socket`, one JSON line each way.
 */
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Call, Emulation, Reply } from './command.ts';
import { lsfEmulation } from './lsf.ts';
import { moabEmulation } from './moab.ts';
import type { EmulatorOptions } from './options.ts';
import { pbsproEmulation } from './pbspro.ts';
import { Scheduler, type SchedulerOptions } from './scheduler.ts';
import { torqueEmulation } from './torque.ts';

type Setup = Emulation & Pick<SchedulerOptions, 'variables' | 'deliver'>;

const SETUPS: Readonly<Record<string, (directory: string, options: EmulatorOptions) => Setup>> = {
  torque: torqueEmulation,
  pbspro: pbsproEmulation,
  moab: moabEmulation,
  lsf: lsfEmulation,
};

export type Control =
  | { readonly control: 'down' | 'up' | 'expire' | 'jobs' }
  | { readonly control: 'slots' | 'latency' | 'lose-answers'; readonly value: number }
  | { readonly control: 'requeue' | 'hold' | 'release'; readonly id: string; readonly value?: undefined }
  | { readonly control: 'end-time'; readonly id: string; readonly value: number };

const [system = '', directory = '', optionsText = '{}'] = process.argv.slice(2);
const options = JSON.parse(optionsText) as EmulatorOptions;
const setup = SETUPS[system]?.(directory, options);
if (setup === undefined || directory === '') throw new Error('usage: daemon.ts SYSTEM DIRECTORY [OPTIONS]');
const emulation = setup;
const scheduler = new Scheduler({
  directory,
  slots: options.slots,
  killDelay: options.killDelay,
  variables: (job) => ({ ...setup.variables(job), SWEEPDECK_EMULATOR: directory }),
  deliver: setup.deliver,
});
let latency = 0;
let answersToLose = 0;

function control(request: Control): unknown {
  switch (request.control) {
    case 'down':
    case 'up':
      scheduler.setDown(request.control === 'down');
      return true;
    case 'expire':
      scheduler.forget(0);
      return true;
    case 'jobs':
      return emulation.jobs(scheduler);
    case 'slots':
      scheduler.setSlots(request.value);
      return true;
    case 'latency':
      latency = request.value;
      return true;
    case 'lose-answers':
      answersToLose = request.value;
      return true;
    case 'requeue':
    case 'hold':
    case 'release':
    case 'end-time': {
      const jobs = emulation.find(scheduler, request.id);
      for (const job of jobs) {
        if (request.control === 'requeue') scheduler.requeue(job);
        else if (request.control === 'hold') scheduler.hold(job);
        else if (request.control === 'release') scheduler.release(job);
        else scheduler.setEndTime(job, request.value ?? 0);
      }
      return jobs.length > 0;
    }
  }
}

const SUBMITS = new Set(['qsub', 'msub', 'bsub']);

function answer(call: Call): Reply | 'stdin' {
  if (scheduler.down && !call.args.includes('--version') && !call.args.includes('-V'))
    return emulation.unreachable(call.program);
  scheduler.forget(options.keepCompleted);
  const command = emulation.commands[call.program];
  if (command === undefined) throw new Error(`${system} has no command ${call.program}.`);
  const outcome = command(call, scheduler);
  if (outcome !== 'stdin' && answersToLose > 0 && SUBMITS.has(call.program)) {
    answersToLose--;
    return emulation.cutOff(call.program);
  }
  return outcome;
}

const server = createServer((socket: Socket) => {
  // a client that was killed
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', (line) => {
    const request = JSON.parse(line) as Call | Control;
    const reply = 'control' in request ? control(request) : answer(request);
    const wait = 'control' in request ? 0 : latency;
    setTimeout(() => socket.end(`${JSON.stringify(reply)}\n`), wait);
  });
});
server.listen(path.join(directory, 'socket'));
process.once('SIGTERM', () => {
  scheduler.close();
  process.exit(0);
});
