import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The memory of a process in MB. Linux only. */
export interface Memory {
  readonly now: number;
  /** The peak since {@link forgetPeak}. */
  readonly peak: number;
}

/** Reads the memory of a process. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (name: string): number =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1024;
  return { now: read("VmRSS"), peak: read("VmHWM") };
}

/** Resets the peak to the present memory. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Returns the child processes of a process, by a part of their command. */
export function childrenOf(pid: number, command: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        const [, parent] = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${child}/status`, "utf8")) ?? [];
        return Number(parent) === pid && readFileSync(`/proc/${child}/cmdline`, "utf8").includes(command);
      } catch {
        return false;
      }
    });
}
