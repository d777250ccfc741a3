/** Which GPUs this machine can give to jobs. */
import { execa } from 'execa';

const TIMEOUT_MS = 10_000;

/**
 * Ids for `CUDA_VISIBLE_DEVICES`: the ones this process was itself limited to, else all that nvidia-smi
 * lists. No nvidia-smi, or one that fails or hangs (driver not loaded), means no GPUs.
 */
export async function detectGpus(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<readonly string[]> {
  const limited = environment['CUDA_VISIBLE_DEVICES'];
  if (limited !== undefined) return parseVisibleDevices(limited);
  const { failed, stdout } = await execa('nvidia-smi', ['--query-gpu=index', '--format=csv,noheader'], {
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
    reject: false,
    windowsHide: true,
  });
  return failed ? [] : parseGpuList(stdout);
}

/** The indices in what `nvidia-smi --query-gpu=index --format=csv,noheader` prints, one a line. */
export function parseGpuList(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^\d+$/.test(line));
}

/**
 * The ids in `CUDA_VISIBLE_DEVICES`: indices, UUIDs or MIG names. As CUDA does, reading stops at the
 * first one that can't be a device (`-1`, `NoDevFiles`).
 * https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#env-vars
 */
export function parseVisibleDevices(text: string): readonly string[] {
  const ids = text.split(',').map((id) => id.trim());
  const end = ids.findIndex((id) => !/^(?:\d+|(?:GPU|MIG)-[\w/-]+)$/.test(id));
  return end < 0 ? ids : ids.slice(0, end);
}
