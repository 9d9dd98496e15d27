// Distillation (Hinton, Vinyals and Dean, 2015): a trained network's logits of each batch, of the very images that the student sees.
import type { Program, TeacherSignal, TrainingBatch } from '@nasc/core';

/** `program` holds the teacher, a network without choices; it is asked as at inference, so the same batch gives the same signal. */
export const teacherSignal =
  (program: Program, { weight, temperature }: Pick<TeacherSignal, 'weight' | 'temperature'>) =>
  async (batch: TrainingBatch): Promise<TeacherSignal> => {
    const { logits } = await program.evaluate(batch, [], 'running');
    return { logits, weight, temperature };
  };
