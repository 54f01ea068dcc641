// Writes one letter in the markup of those who make letters: MJML, react-email, Foundation for Emails.
import fs from 'fs';
import mjml2html from 'mjml';
import React from 'react';
import * as C from '@react-email/components';
import {Inky} from 'inky';
import * as cheerio from 'cheerio';
import juice from 'juice';
const to=process.argv[2];
const S=[['La région finance la rénovation de deux cents lycées','Le plan porte sur dix ans et commence par les lycées chauffés au fioul, dont la moitié sera raccordée à un réseau de chaleur.','https://lettre.example/lycees'],
['Un réseau de chaleur au bois pour huit mille logements','La chaufferie brûlera des plaquettes venues de moins de cent kilomètres.','https://lettre.example/reseau'],
['Ce que change la nouvelle norme sur les logements neufs','Trois architectes disent ce qu’ils en font, et ce que cela coûte.','https://lettre.example/norme'],
['Les artisans manquent : une école ouvre ses portes','Quarante élèves apprennent le métier de chauffagiste en dix-huit mois.','https://lettre.example/ecole'],
['Copropriétés : voter les travaux sans se fâcher','Une syndique raconte deux ans d’assemblées et la méthode qui a marché.','https://lettre.example/copro'],
['Le retour des volets','Ils gagnent quatre degrés l’été, pour trois fois rien.','https://lettre.example/volets']];
const img='https://cdn.example/p.png';
const save=(n,h)=>fs.writeFileSync(to+'/'+n+'.eml',`From: La lettre <lettre@lettre.example>\nTo: lecteur@example.org\nSubject: La lettre de novembre\nDate: Fri, 20 Nov 2026 08:00:00 +0100\nList-Id: <l.lettre.example>\nList-Unsubscribe: <https://lettre.example/out?r=1>\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n`+h);
const foot='Vous recevez cette lettre car vous êtes abonné. <a href="https://lettre.example/out?r=1">Se désabonner</a>';
// MJML: cards with image, heading text, button
const m=(body)=>mjml2html(`<mjml><mj-head><mj-preview>Des lycées, du bois, des volets</mj-preview></mj-head><mj-body><mj-section><mj-column><mj-image src="${img}" href="https://lettre.example/"/><mj-social><mj-social-element name="linkedin" href="https://www.linkedin.com/company/x">LinkedIn</mj-social-element></mj-social></mj-column></mj-section>${body}<mj-section><mj-column><mj-text font-size="11px">${foot}</mj-text></mj-column></mj-section></mj-body></mjml>`);
save('mjml-two',(await m([0,2,4].map(i=>`<mj-section>${[S[i],S[i+1]].map(s=>`<mj-column><mj-image src="${img}" href="${s[2]}"/><mj-text><h3>${s[0]}</h3><p>${s[1]}</p><p><a href="${s[2]}">Lire la suite &gt;</a></p></mj-text></mj-column>`).join('')}</mj-section>`).join(''))).html);
save('mjml-hero',(await m(`<mj-hero mode="fluid-height" background-url="${img}"><mj-text font-size="24px">${S[0][0]}</mj-text><mj-text>${S[0][1]}</mj-text><mj-button href="${S[0][2]}">En savoir plus</mj-button></mj-hero>`+`<mj-section><mj-column><mj-text><h2>En bref</h2><ul>${S.slice(1).map(s=>`<li><a href="${s[2]}">${s[0]}</a> : ${s[1]}</li>`).join('')}</ul></mj-text></mj-column></mj-section>`)).html);
// react-email
const e=React.createElement;
const page=(kids)=>e(C.Html,{lang:'fr'},e(C.Head),e(C.Preview,null,'Des lycées, du bois, des volets'),e(C.Body,null,e(C.Container,null,...kids,e(C.Hr),e(C.Text,{style:{fontSize:'12px'}},'Vous recevez cette lettre car vous êtes abonné. ',e(C.Link,{href:'https://lettre.example/out?r=1'},'Se désabonner')))));
save('react-cards',await C.render(page(S.map(s=>e(C.Section,null,e(C.Img,{src:img,width:'600'}),e(C.Heading,{as:'h2'},s[0]),e(C.Text,null,s[1]),e(C.Button,{href:s[2],style:{background:'#000',padding:'12px 20px'}},'Lire l’article'))))));
save('react-rows',await C.render(page(S.map(s=>e(C.Section,null,e(C.Row,null,e(C.Column,null,e(C.Link,{href:s[2]},e(C.Img,{src:img,width:'80'}))),e(C.Column,null,e(C.Link,{href:s[2],style:{fontWeight:'bold'}},s[0]),e(C.Text,null,s[1]))))))));
// Foundation for Emails (Inky), styles inlined
const css='.button td a{font-weight:bold} h4{font-size:24px} .small-text{font-size:11px} .preheader{display:none!important;max-height:0;opacity:0;font-size:1px}';
const inky=new Inky({}); const f=(b)=>{const $=cheerio.load(`<body><span class="preheader">Des lycées, du bois</span><container>${b}<row><columns><p class="small-text">${foot}</p></columns></row></container></body>`); return juice.inlineContent(inky.releaseTheKraken($.html(),{}),css)};
save('inky-cards',f(S.map(s=>`<row><columns small="12" large="4"><a href="${s[2]}"><img src="${img}"></a></columns><columns small="12" large="8"><h4>${s[0]}</h4><p>${s[1]}</p><button href="${s[2]}">Lire</button></columns></row>`).join('')));
save('inky-grid',f(`<block-grid up="2">${S.map(s=>`<td><h4><a href="${s[2]}">${s[0]}</a></h4><p>${s[1]}</p></td>`).join('')}</block-grid>`)); 
