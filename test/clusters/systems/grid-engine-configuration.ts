/** The configuration of a Grid Engine cell for tests: bootstrap(5), sge_conf(5), sched_conf(5), queue_conf(5), sge_pe(5), complex(5). */

type Table = Readonly<Record<string, string | number>>;

const aligned = (table: Table): string =>
  Object.entries(table)
    .map(([key, value]) => `${key.padEnd(24)}${value}\n`)
    .join('');

/** The configuration `shipped` with other values for some of its keys; throws when it has no such key. */
export function changed(shipped: string, changes: Table): string {
  let text = shipped;
  for (const [key, value] of Object.entries(changes)) {
    // A value goes on in the next line after a backslash.
    const entry = new RegExp(`^${key}[ \\t].*(?:\\\\\\n.*)*$`, 'm');
    if (!entry.test(text)) throw new Error(`Grid Engine's configuration has no key "${key}".`);
    text = text.replace(entry, () => `${key.padEnd(24)}${value}`);
  }
  return text;
}

export const bootstrap = (directory: string): string =>
  aligned({
    admin_user: 'sgeadmin',
    default_domain: 'none',
    ignore_fqdn: 'true',
    spooling_method: 'berkeleydb',
    spooling_lib: 'libspoolb',
    spooling_params: `${directory}/spool/db`,
    binary_path: `${directory}/bin`,
    qmaster_spool_dir: `${directory}/spool/qmaster`,
    security_mode: 'none',
    listener_threads: 2,
    worker_threads: 2,
    scheduler_threads: 1,
  });

export const clusterConfiguration = (directory: string): Table => ({
  execd_spool_dir: `${directory}/spool/execd`,
  mailer: '/bin/true',
  administrator_mail: 'none',
  // scripts run with the shell that their first line names
  shell_start_mode: 'unix_behavior',
  // jobs begin without the profile of the developer who runs the tests
  login_shells: 'none',
  // root submits
  min_uid: 0,
  min_gid: 0,
  load_report_time: '00:00:02',
  max_unheard: '00:00:10',
  // jobs see nothing of what the daemon was started with
  execd_params: 'INHERIT_ENV=false ENABLE_ADDGRP_KILL=true',
  reporting_params:
    'accounting=true reporting=false flush_time=00:00:01 accounting_flush_time=00:00:00 joblog=false sharelog=00:00:00',
  finished_jobs: 2000,
});

export const schedulerChanges: Table = {
  schedule_interval: '0:0:1',
  flush_submit_sec: 1,
  flush_finish_sec: 1,
  schedd_job_info: 'true',
  load_formula: 'slots',
};

export const hostGroup = aligned({ group_name: '@allhosts', hostlist: 'localhost' });

export const parallelEnvironment = aligned({
  pe_name: 'smp',
  slots: 999,
  user_lists: 'NONE',
  xuser_lists: 'NONE',
  start_proc_args: 'NONE',
  stop_proc_args: 'NONE',
  allocation_rule: '$pe_slots',
  control_slaves: 'FALSE',
  job_is_first_task: 'TRUE',
  urgency_slots: 'min',
  accounting_summary: 'FALSE',
  qsort_args: 'NONE',
});

export const queueChanges = (queue: 'all.q' | 'short.q', slots: number): Table => ({
  qname: queue,
  hostlist: '@allhosts',
  slots,
  shell: '/bin/bash',
  shell_start_mode: 'unix_behavior',
  load_thresholds: 'NONE',
  pe_list: 'smp',
  rerun: 'FALSE',
  h_rt: queue === 'short.q' ? '00:05:00' : 'INFINITY',
});

/** In the list of resources: `h_vmem` is used up by jobs, 2 GB each. With 0 every job that doesn't ask would be killed. */
export function shareOfMemory(resources: string): string {
  const text = resources.replace(
    /^(h_vmem\s.*\s)NO(\s+)0(?=\s)/m,
    (_, before: string, gap: string) => `${before}YES${gap}2G`,
  );
  if (text === resources) throw new Error('Grid Engine lists no resource "h_vmem".');
  return text;
}
