// Profiles that are named on the command line: files, or targets that know theirs.
import { createTarget } from '@nasc/core';
import type { PluginHost, Profile } from '@nasc/core';
import { readProfile } from '@nasc/profile';

/** `pixel1` is a target that is known by its profile; everything else is a file. */
export const findProfile = (name: string, { registrations }: PluginHost, folder: string): Profile => {
  if (registrations.get('target', name)) {
    try {
      const { profile } = createTarget(registrations, { name, options: {} }, name, { folder });
      if (profile) return profile;
    } catch {
      // A target that needs options is no profile: what is told is that there is no such file.
    }
  }
  return readProfile(name, folder);
};
