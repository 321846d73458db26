// A list that is scrolled: who reads its end sees what comes; who reads further up is not moved.
export class Flow {
  constructor(element) {
    this.element = element;
    this.last = this.rows.at(-1)?.id;
    this.atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    this.fromEnd = element.scrollHeight - element.scrollTop;
  }

  get rows() {
    return [...this.element.querySelectorAll("li.message")];
  }

  get isNew() {
    const last = this.rows.at(-1)?.id;
    return last !== undefined && last !== this.last;
  }

  end() {
    this.element.scrollTop = this.element.scrollHeight;
  }
}
