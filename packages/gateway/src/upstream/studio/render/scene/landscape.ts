/** Everything outdoors: a sky, what stands at the horizon, what lies before it, and the weather. */
import type { Chance } from './chance.ts';
import { mix, type Rgb } from './colour.ts';
import { mistLayer } from './ground.ts';
import type { Palette } from './palette.ts';
import type { Brief, Layer, Scene } from './scene.ts';
import { auroraLayer, cloudLayer, placeSun, skyLayer, starLayer } from './sky.ts';
import { type Outdoors, type Setting, terrain } from './terrain.ts';
import { fallLayer, rainfall, snowfall } from './weather.ts';

export function buildLandscape(brief: Brief, place: Outdoors): Scene {
  const { hints, palette, chance, aspect } = brief;
  const horizon = horizonOf(place, chance.fork('horizon'));
  const sun = placeSun(palette, chance.fork('sun'), aspect, horizon);
  const snowy = hints.weathers.includes('snow');
  const setting: Setting = { ...brief, horizon, sun, snowy };
  const layers: Layer[] = [skyLayer(palette, chance, sun, horizon)];
  if (palette.time === 'night') layers.push(starLayer(chance, horizon, 620));
  if (palette.time === 'dusk') layers.push(starLayer(chance, horizon * 0.7, 130));
  if (hints.weathers.includes('aurora')) layers.push(auroraLayer(chance, horizon));
  layers.push(...clouds(setting), ...terrain(setting, place));
  if (hints.weathers.includes('fog'))
    layers.push(mistLayer(0.8, 0.16, fogColour(palette), 0.55, 0.5, chance));
  if (snowy) layers.push(fallLayer(snowfall, chance));
  if (hints.weathers.includes('rain') || hints.weathers.includes('storm'))
    layers.push(fallLayer(rainfall, chance));
  return { kind: 'layers', layers };
}

function horizonOf(place: Outdoors, dice: Chance): number {
  if (place === 'sea') return dice.between(0.5, 0.6);
  if (place === 'city') return dice.between(0.72, 0.8);
  return dice.between(0.6, 0.68);
}

function clouds({ hints, palette, chance, sun, horizon }: Setting): Layer[] {
  if (hints.weathers.includes('clear')) return [];
  const dice = chance.fork('clouds');
  const heavy = hints.weathers.some(
    (weather) => weather === 'clouds' || weather === 'storm' || weather === 'rain',
  );
  if (palette.time === 'night' && !heavy)
    return dice.next() < 0.4 ? [cloudLayer(palette, chance, sun, horizon, 0.18, 'high')] : [];
  const amount = heavy ? dice.between(0.72, 0.95) : dice.between(0.28, 0.62);
  return [
    cloudLayer(palette, chance, sun, horizon, amount, 'high'),
    ...(heavy ? [cloudLayer(palette, chance, sun, horizon, amount * 0.8, 'low')] : []),
  ];
}

function fogColour(palette: Palette): Rgb {
  return mix(palette.haze, palette.sky.at(-1) ?? palette.haze, 0.5);
}
