// dockerode can reach an engine over SSH, with native code that cannot be bundled. FilaOps asks its engine over a socket only.
module.exports = {};
