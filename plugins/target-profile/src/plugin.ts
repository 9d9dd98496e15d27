// The plugin that brings the targets `pixel1` and `profile`.
import { definePlugin } from '@nasc/core';
import { pixel1Target, profileTarget } from './profile-target.ts';

export const targetProfile = definePlugin({
  name: 'target-profile',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addTarget(pixel1Target);
    api.addTarget(profileTarget);
  },
});
