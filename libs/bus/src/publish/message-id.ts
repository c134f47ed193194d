const shape = /^(\d{1,9}):(\d{1,20})$/;

/** The `Nats-Msg-Id` of an event. Its position is dense, so the id before it is known without asking. */
export function messageId(partition: number, position: bigint): string {
  return `${partition}:${position}`;
}

/** The position in a message id of that partition, or undefined when somebody else wrote it. */
export function positionOf(partition: number, id: string): bigint | undefined {
  const [, of, position] = shape.exec(id) ?? [];
  return position !== undefined && Number(of) === partition ? BigInt(position) : undefined;
}
