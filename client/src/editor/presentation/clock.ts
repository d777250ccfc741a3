const day = 24 * 3600 * 1000;

/** A moment (ms since 1970) as a person near it says it: `12:04`, or `Nov 22, 12:04` on another day. Local time. */
export function clock(at: number, now: number): string {
  const moment = new Date(at);
  const time = `${pad(moment.getHours())}:${pad(moment.getMinutes())}`;
  const isToday = Math.abs(at - now) < day && moment.getDate() === new Date(now).getDate();
  return isToday ? time : `${months[moment.getMonth()] ?? ''} ${moment.getDate()}, ${time}`;
}

const pad = (number: number): string => String(number).padStart(2, '0');

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
