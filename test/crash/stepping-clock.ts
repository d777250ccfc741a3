/** Preloaded into an engine process: its wall clock steps by an hour, back and forth, every 50 ms. */
const HOUR = 3_600_000;
const steps = [0, HOUR, -HOUR, 0, -HOUR, HOUR];
const now = Date.now.bind(Date);
const began = performance.now();
Date.now = () => now() + (steps[Math.floor((performance.now() - began) / 50) % steps.length] ?? 0);
