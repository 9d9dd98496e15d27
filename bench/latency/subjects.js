// What is measured: spaces, and the devices that are new to one who knows `cpu` with one thread.

/** `known`: networks that the predictor is fitted to, where that is not what the command chooses by itself. */
export const spaces = {
  'mobile-small': { input: { resolution: 28, channels: 1, classes: 10 } },
  'proxyless-imagenet': { input: { resolution: 224, channels: 3, classes: 1000 }, known: 350 },
};

export const cpu = { name: 'cpu' };

export const newDevices = {
  '2 threads': { name: 'cpu', threads: 2 },
  portable: { name: 'cpu', vectorWidth: 'portable' },
  'ONNX Runtime': { name: 'onnxruntime' },
};

/** Networks that no predictor sees: enough to tell what an interval of 90 % covers within two points. */
export const heldOutNetworks = 700;
/** Networks of a new device: those that may be seen, and those that are not. */
export const fewShotNetworks = 50;
export const fewShotHeldOut = 100;

/** Another size of `mobile-small`, which nobody measures blocks of: for the predictor that tells it from those that it knows. */
export const unseenSize = { resolution: 36, channels: 1, classes: 10 };
export const unseenHeldOut = 100;
