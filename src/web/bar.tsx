/** How much of a whole, as a bar that says in words what it shows. */
export function Bar({ part, whole, text, label }: { part: number; whole: number; text: string; label: string }) {
  return (
    <span class="bar">
      <progress class="bar__of" value={part} max={Math.max(whole, 1)} aria-label={label} />
      <span>{text}</span>
    </span>
  )
}
